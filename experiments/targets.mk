# Experiments in the lab: one file each, tables and curves in lab-output/.

EXPERIMENT_OUTPUT ?= lab-output/experiments
EXPERIMENT_PROGRAM = $$($(SWIFT_BUILD) -c release --show-bin-path)/denature

.PHONY: experiment experiment-quick experiment-attacks experiment-paraphrase

# What defences cost and what attackers recover: minutes, and about two hours, on two cores. Both go on where they stopped.
experiment-quick: build
	@"$(EXPERIMENT_PROGRAM)" experiment experiments/quick.yaml -o $(EXPERIMENT_OUTPUT)/quick

experiment: build
	@"$(EXPERIMENT_PROGRAM)" experiment experiments/full.yaml -o $(EXPERIMENT_OUTPUT)/full

# The part of it with the attackers.
experiment-attacks: build
	@"$(EXPERIMENT_PROGRAM)" experiment experiments/attacks.yaml -o $(EXPERIMENT_OUTPUT)/attacks

# Reworded by the lab's rewriter, served meanwhile: half an hour.
experiment-paraphrase: build
	@scripts/experiment_paraphrase.sh "$(EXPERIMENT_PROGRAM)" $(EXPERIMENT_OUTPUT)/paraphrase
