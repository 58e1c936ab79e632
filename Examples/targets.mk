# make examples: build and run the packages of Examples/, each of which imports this one from outside, by its path.
#
# All of them ask for the trait Torch and share the scratch folder of the builds with that trait, so that the package is
# compiled once. EXAMPLES_SCRATCH is another folder for it.
EXAMPLES_SCRATCH ?= .build-torch
EXAMPLES_ON_TRACES := Detection OwnSuspect OwnRewriter
EXAMPLES_ON_LAB := Penalty FirstSteps
EXAMPLES := Middleware OwnLogitsProcessor $(EXAMPLES_ON_TRACES) $(EXAMPLES_ON_LAB)
EXAMPLE_TARGETS := $(addprefix example-,$(EXAMPLES))
SOURCES += $(wildcard Examples/*/Package.swift Examples/*/Sources)

.PHONY: examples example-block $(EXAMPLE_TARGETS)
examples: example-block $(EXAMPLE_TARGETS)

# The block of README.md is the file that is compiled.
example-block:
	@awk '/^<!-- The file Examples\/Middleware/ { found = 1 } found && /^```$$/ { exit } inside { print } found && /^```swift$$/ { inside = 1 }' \
	    README.md | diff - Examples/Middleware/Sources/Middleware/Middleware.swift

# The versions of packages are those that the library's own build resolved, where there is one.
$(EXAMPLE_TARGETS): example-%: setup torch
	@if [ -f Package.resolved ]; then cp Package.resolved Examples/$*/; fi
	@$(STEP) 'Building Examples/$*' $(EXAMPLES_SCRATCH)/logs/example-$*-build.log \
	    $(SWIFT) build --package-path Examples/$* --scratch-path $(EXAMPLES_SCRATCH) $(DEBUG_FLAGS)
	@$(STEP) 'Running Examples/$*' $(EXAMPLES_SCRATCH)/logs/example-$*.log $(EXAMPLES_SCRATCH)/debug/$* \
	    $(if $(filter $*,$(EXAMPLES_ON_TRACES)),fixtures/traces/mixed.jsonl) \
	    $(if $(filter $*,$(EXAMPLES_ON_LAB)),fixtures/lab)
	@sed 's/^/    /' $(EXAMPLES_SCRATCH)/logs/example-$*.log
