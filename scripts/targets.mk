# The lab: small models on which the effects can be measured. README in fixtures/lab.

LAB_SEED ?= 1
LAB_PROGRAM = $$($(SWIFT_BUILD) -c release --show-bin-path)/denature

.PHONY: lab-models lab-rewriter serve-rate check-cuda

# Teacher, proxy, student and gradient from nothing; LAB_SEED=2 makes another triple. LAB_SHIP=fixtures/lab replaces the
# one in the repository.
lab-models: build
	@scripts/lab/models.sh "$(LAB_PROGRAM)" $(LAB_SEED) $(LAB_SHIP)

# A small model that rewrites traces as it is told: formal, terse, with a watermark, in other words.
lab-rewriter: build
	@scripts/lab/rewriter.sh "$(LAB_PROGRAM)" $(LAB_SEED) $(LAB_SHIP)

# Requests and tokens per second of the server, beside sampling without it.
serve-rate: build
	@scripts/compare/serve_rate.py --denature "$(LAB_PROGRAM)"

# On a machine with an NVIDIA GPU: that it computes what the CPU computes.
check-cuda: build
	@scripts/compare/check_cuda.py --denature "$(LAB_PROGRAM)"
