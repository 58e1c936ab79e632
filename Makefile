# Everything a developer runs by name. `make demo` and `make test` each work as the first command after a clone.
# They need Swift 6.2 or later and, on Debian and Ubuntu, apt; `make setup torch` installs the rest.

# The package's traits. `make test TRAITS=` builds and tests what there is without libtorch.
TRAITS ?= Torch
# One scratch folder per set of traits.
SCRATCH ?= .build$(if $(TRAITS),-torch)
SWIFT ?= swift

# For debug builds: modules as a whole, which costs a quarter less from nothing, and an index of our own sources alone (the
# test runner is made from it). Set it to nothing where one file after the other is changed; the first build after a change of
# flags compiles everything.
DEBUG_FLAGS ?= -Xswiftc -whole-module-optimization -Xswiftc -num-threads -Xswiftc 2 -Xswiftc -index-ignore-system-modules

LOGS := $(SCRATCH)/logs
STEP := scripts/build/step.sh
WITH_TRAITS := --scratch-path $(SCRATCH) $(if $(TRAITS),--traits $(TRAITS))
SWIFT_BUILD := $(SWIFT) build $(WITH_TRAITS)
DEBUG_BUILD := $(SWIFT_BUILD) $(DEBUG_FLAGS)
READY := setup $(if $(filter Torch,$(TRAITS)),torch)
SOURCES := Package.swift Sources Tests $(wildcard Benchmarks/Package.swift Benchmarks/Sources Benchmarks/decode/Package.swift Benchmarks/decode/Sources Benchmarks/decode/Internals Benchmarks/Internals Fuzz/Package.swift Fuzz/Sources)
# Set but empty is not a folder.
ifeq ($(LIBTORCH),)
unexport LIBTORCH
endif

# Where the program without traits is built for `make test-plain`. In SCRATCH itself it shares the packages that are compiled
# there already, and the next build with traits compiles this package's own modules again.
PLAIN_SCRATCH ?= .build
PLAIN_PROGRAM := $(SCRATCH)/plain/denature
# The program's tests that need no model.
PLAIN_TESTS := Attack|AuditCommand|Detect|Filter|Judge|Keys|ModelsConvert|PlainProgram|Secret|TracesImport|Usage

.PHONY: help setup torch build demo test plain test-plain test-calibration test-openai test-setup lint format imports docs clean

help:
	@echo 'make demo     mark the sample traces and find the mark again'
	@echo "make test     build and run the tests             ONLY='KeyedPRFTests|DetectTests' runs some"
	@echo 'make build    build the program in release mode   make test-setup   test what fetches libtorch'
	@echo 'make test-openai   try the server with the openai package of Python'
	@echo 'make test-calibration   try the detectors with 10,000 random keys of every scheme'
	@echo "make lint     check formatting and '- Throws:'   make format   format in place"
	@echo 'make imports  check that every target imports only what it declares'
	@echo 'make examples   build and run the packages of Examples/, from outside'
	@echo 'make docs     write the documentation to $(SCRATCH)/docs'
	@echo 'make bench    measure throughput, memory and endpoint rate   make fuzz   fuzz the parsers'
	@echo 'make setup    install the system libraries (the other targets do it when needed)'
	@echo 'make torch    fetch libtorch into .torch/ (so too); 200 to 550 MB, with a GPU 2.5 GB'
	@echo 'make clean    remove what was built; .torch/ stays'
	@echo
	@echo 'TRAITS=          leave the language-model runtime out; nothing is fetched then (make test TRAITS=)'
	@echo 'LIBTORCH=/path   use the libtorch there instead of fetching one'
	@echo 'TORCH_CUDA=0|1   fetch libtorch for the CPU, or for a GPU (default: whether nvidia-smi lists one)'

setup:
	@scripts/setup/setup.sh

torch: setup
	@scripts/setup/torch.sh

build: $(READY)
	@$(STEP) 'Building denature (release; minutes the first time)' $(LOGS)/build.log \
	    $(SWIFT_BUILD) -c release --product denature
	@echo "    $$($(SWIFT_BUILD) -c release --show-bin-path)/denature"

# The debug build, which `make test` shares; the demo's traces are few.
demo: $(READY)
	@$(STEP) 'Building denature (minutes the first time)' $(LOGS)/demo-build.log $(DEBUG_BUILD) --product denature
	@DENATURE="$$($(SWIFT_BUILD) --show-bin-path)/denature" scripts/demo/demo.sh

# The build is a step of its own so that the tests' log has only the tests. They run one after another, in two processes:
# tests of faults and timeouts watch the clock, and hundreds of tests at once on a small machine make every clock late.
# ONLY is a filter of `swift test`, and makes it one process.
test: $(READY)
	@$(STEP) 'Building the tests (debug; minutes the first time)' $(LOGS)/test-build.log $(DEBUG_BUILD) --build-tests
	@$(STEP) 'Running the tests' $(LOGS)/test.log $(if $(ONLY), \
	    $(SWIFT) test $(WITH_TRAITS) --skip-build --disable-xctest --no-parallel --filter '$(ONLY)', \
	    scripts/build/tests.sh "$$($(SWIFT_BUILD) --show-bin-path)/denaturePackageTests.xctest")
	@grep -E 'Test run with [0-9]+ tests?' $(LOGS)/test.log

# The program as it is without libtorch.
plain: setup
	@$(STEP) 'Building denature without traits (debug; minutes the first time)' $(LOGS)/plain-build.log \
	    $(SWIFT) build --scratch-path $(PLAIN_SCRATCH) $(DEBUG_FLAGS) --product denature
	@mkdir -p $(dir $(PLAIN_PROGRAM))
	@cp "$$($(SWIFT) build --scratch-path $(PLAIN_SCRATCH) --show-bin-path)/denature" $(PLAIN_PROGRAM)

# The tests that `make test` built, put to the program of `make plain`.
test-plain:
	@DENATURE_TEST_PROGRAM=$(abspath $(PLAIN_PROGRAM)) $(STEP) 'Testing the program without libtorch' $(LOGS)/test-plain.log \
	    "$$($(SWIFT_BUILD) --show-bin-path)/denaturePackageTests.xctest" --testing-library swift-testing --no-parallel \
	    --filter 'DenatureCommandsTests.($(PLAIN_TESTS))'
	@grep -E 'Test run with [0-9]+ tests?' $(LOGS)/test-plain.log

# The calibration of detectors with 10,000 keys of every scheme on every kind of stream: minutes.
test-calibration: $(READY)
	@$(STEP) 'Building the tests (debug; minutes the first time)' $(LOGS)/test-build.log $(DEBUG_BUILD) --build-tests
	@DENATURE_CALIBRATION_KEYS=10000 $(STEP) 'Trying 10,000 keys' $(LOGS)/test-calibration.log \
	    $(SWIFT) test $(WITH_TRAITS) --skip-build --disable-xctest --no-parallel --filter CalibrationTests
	@grep -E 'Test run with [0-9]+ tests?' $(LOGS)/test-calibration.log | tail -1

# The server, with a client that others wrote; pip puts it into the scratch folder.
test-openai: $(READY)
	@scripts/setup/setup.sh pip
	@$(STEP) 'Building denature (debug; minutes the first time)' $(LOGS)/test-openai-build.log \
	    $(DEBUG_BUILD) --product denature
	@$(STEP) 'Testing the server with the openai package' $(LOGS)/test-openai.log python3 scripts/compare/test_openai.py \
	    --denature "$$($(SWIFT_BUILD) --show-bin-path)/denature" --packages $(SCRATCH)/python
	@grep -E '^Ran [0-9]+ tests? in' $(LOGS)/test-openai.log | tail -1

# Of the set-up itself: what fetches libtorch, with small made-up wheels.
test-setup:
	@scripts/setup/setup.sh pip
	@$(STEP) 'Testing the set-up of libtorch' $(LOGS)/test-setup.log python3 scripts/setup/test_torch.py

lint:
	@$(STEP) 'Checking the formatting' $(LOGS)/lint.log $(SWIFT) format lint --strict --parallel --recursive $(SOURCES)
	@$(STEP) 'Checking that what throws says so' $(LOGS)/throws.log scripts/build/check_throws.py Sources
	@$(STEP) 'Counting what there should be one of' $(LOGS)/count.log scripts/build/count.sh

format:
	$(SWIFT) format --in-place --parallel --recursive $(SOURCES)

imports: $(READY)
	@$(STEP) 'Checking imports against declared dependencies' $(LOGS)/imports.log \
	    $(DEBUG_BUILD) --explicit-target-dependency-import-check error

docs: $(READY)
	@SCRATCH=$(SCRATCH) SWIFT="$(SWIFT)" TRAITS="$(TRAITS)" scripts/build/docs.sh

clean:
	rm -rf .build .build-* Benchmarks/.build Fuzz/.build
	@scripts/demo/demo.sh --clean

# Parts that bring targets of their own (benchmarks, fuzzing) put them into a targets.mk of their folder.
-include $(wildcard */targets.mk)
