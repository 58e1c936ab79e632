# make fuzz [FUZZ_SECONDS=600]: fuzz the parsers of records, documents and answers; needs the libFuzzer of the Swift toolchain.
FUZZ_SECONDS ?= 600
SOURCES += Fuzz/Package.swift $(wildcard Fuzz/Sources/Fuzz*)

.PHONY: fuzz
fuzz: setup
	@SWIFT="$(SWIFT)" scripts/build/fuzz.sh $(FUZZ_SECONDS)
