# The lab: small models on which the effects can be measured. README in fixtures/lab.

LAB_SEED ?= 1
LAB_TRIPLE ?= fixtures/lab
LAB_SEEDS ?= 1,2,3
LAB_OUTPUT ?= lab-output/effect
LAB_PROGRAM = $$($(SWIFT_BUILD) -c release --show-bin-path)/denature

.PHONY: lab-models lab-effect lab-rewriter serve-rate check-cuda

# Teacher, proxy, student and gradient from nothing; LAB_SEED=2 makes another triple. LAB_SHIP=fixtures/lab replaces the
# one in the repository.
lab-models: build
	@scripts/lab_models.py --denature "$(LAB_PROGRAM)" --seed $(LAB_SEED) $(if $(LAB_SHIP),--ship $(LAB_SHIP))

# What penalised, chosen and plain traces do to a student, with every control.
lab-effect: build
	@scripts/lab_effect.py --denature "$(LAB_PROGRAM)" --triple $(LAB_TRIPLE) --seeds $(LAB_SEEDS) --output $(LAB_OUTPUT)

# A small model that rewrites traces as it is told: formal, terse, with a watermark, in other words.
lab-rewriter: build
	@scripts/lab_rewriter.py --denature "$(LAB_PROGRAM)" --seed $(LAB_SEED) $(if $(LAB_SHIP),--ship $(LAB_SHIP))

# Requests and tokens per second of the server, beside sampling without it.
serve-rate: build
	@scripts/serve_rate.py --denature "$(LAB_PROGRAM)"

# On a machine with an NVIDIA GPU: that it computes what the CPU computes.
check-cuda: build
	@scripts/check_cuda.py --denature "$(LAB_PROGRAM)"
