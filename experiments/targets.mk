# Experiments in the lab: one file each, tables and curves in lab-output/.

EXPERIMENT_OUTPUT ?= lab-output/experiments
EXPERIMENT_PROGRAM = $$($(SWIFT_BUILD) -c release --show-bin-path)/denature

.PHONY: experiment experiment-quick experiment-paraphrase experiment-combined

# What defences cost and what attackers recover: minutes, and about two hours, on two cores. Both go on where they stopped.
experiment-quick: build
	@"$(EXPERIMENT_PROGRAM)" experiment experiments/quick.yaml -o $(EXPERIMENT_OUTPUT)/quick

experiment: build
	@"$(EXPERIMENT_PROGRAM)" experiment experiments/full.yaml -o $(EXPERIMENT_OUTPUT)/full

# Reworded by the lab's rewriter, served meanwhile: half an hour.
experiment-paraphrase: build
	@scripts/experiment_paraphrase.sh "$(EXPERIMENT_PROGRAM)" $(EXPERIMENT_OUTPUT)/paraphrase

# Penalty, swaps and mark together, with the audit of the student.
experiment-combined: build
	@"$(EXPERIMENT_PROGRAM)" experiment experiments/combined.yaml -o $(EXPERIMENT_OUTPUT)/combined
