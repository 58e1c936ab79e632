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

# A small model of others, converted by the program and compared with what made it; .models/ keeps it.
SMOLLM2 ?= .models/smollm2

.PHONY: smollm2

smollm2: build
	@scripts/setup/smollm2.sh $(SMOLLM2)
	@echo '==> Converting it'
	@"$(LAB_PROGRAM)" models convert $(SMOLLM2)/SmolLM2-135M-Instruct.Q4_1.gguf -o $(SMOLLM2)/model --force
	@echo '==> Comparing it with transformers and the gguf package'
	@python3 scripts/compare/compare_smollm2.py $(SMOLLM2) --denature "$(LAB_PROGRAM)"

# On a machine with an NVIDIA GPU: that it computes what the CPU computes.
check-cuda: build
	@scripts/compare/check_cuda.py --denature "$(LAB_PROGRAM)"
