// swift-tools-version: 6.2
import PackageDescription

// libFuzzer targets for the parsers, which are imported by their products and instrumented with everything else that is
// built here.
// Built by scripts/build/fuzz.sh, which passes --sanitize=fuzzer for the libFuzzer runtime.

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

func fuzzer(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    // libFuzzer brings main; the file that has the entry point must not become a script.
    .executableTarget(
        name: name, dependencies: dependencies, swiftSettings: swiftSettings + [.unsafeFlags(["-parse-as-library"])])
}

let answers = Target.Dependency.product(name: "Answers", package: "denature")
let traces = Target.Dependency.product(name: "Traces", package: "denature")

let package = Package(
    name: "denature-fuzz",
    dependencies: [.package(name: "denature", path: "..")],
    targets: [
        .target(name: "FuzzSupport", dependencies: [answers, traces], swiftSettings: swiftSettings),
        fuzzer("FuzzRecords", ["FuzzSupport", traces]),
        fuzzer("FuzzDocuments", ["FuzzSupport", traces]),
        fuzzer("FuzzAnswers", ["FuzzSupport", answers]),
    ]
)
