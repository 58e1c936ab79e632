# Experiments in the lab: one file each, tables and curves in lab-output/.

EXPERIMENT_OUTPUT ?= lab-output/experiments
EXPERIMENT_PROGRAM = $$($(SWIFT_BUILD) -c release --show-bin-path)/denature
LAB_TRIPLE ?= fixtures/lab
LAB_SEEDS ?= 1,2,3
LAB_OUTPUT ?= lab-output/effect

.PHONY: experiment experiment-quick experiment-paraphrase experiment-combined experiment-rewriting experiment-audit lab-effect

# What penalised, chosen and plain traces do to a student, with every control. LAB_TRIPLE=lab-output/triple-2 takes other
# models (make lab-models LAB_SEED=2), for which temperature and strength are found anew.
lab-effect: build
	@"$(EXPERIMENT_PROGRAM)" experiment experiments/effect.yaml --folder $(LAB_TRIPLE) --seeds $(LAB_SEEDS) -o $(LAB_OUTPUT)

# What defences cost and what attackers recover: minutes, and about two hours, on two cores. Both go on where they stopped.
experiment-quick: build
	@"$(EXPERIMENT_PROGRAM)" experiment experiments/quick.yaml -o $(EXPERIMENT_OUTPUT)/quick

experiment: build
	@"$(EXPERIMENT_PROGRAM)" experiment experiments/full.yaml -o $(EXPERIMENT_OUTPUT)/full

# Reworded by the lab's rewriter, served meanwhile: half an hour.
experiment-paraphrase: build
	@scripts/lab/paraphrase.sh "$(EXPERIMENT_PROGRAM)" $(EXPERIMENT_OUTPUT)/paraphrase

# Penalty, swaps and mark together, with the audit of the student.
experiment-combined: build
	@"$(EXPERIMENT_PROGRAM)" experiment experiments/combined.yaml -o $(EXPERIMENT_OUTPUT)/combined

# Words exchanged by the proxy's gradient.
experiment-rewriting: build
	@"$(EXPERIMENT_PROGRAM)" experiment experiments/rewriting.yaml -o $(EXPERIMENT_OUTPUT)/rewriting

# What audits find: marks, shares, attacks; clean students; triggers.
experiment-audit: build
	@for name in audit audit-clean audit-triggers; do \
	    "$(EXPERIMENT_PROGRAM)" experiment experiments/$$name.yaml -o $(EXPERIMENT_OUTPUT)/$$name || exit; done
