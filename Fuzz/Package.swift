// swift-tools-version: 6.2
import PackageDescription

// libFuzzer targets for the parsers. The modules under test are compiled a second time, from links to their folders,
// because they need coverage instrumentation and because `package` access ends at a package's border.
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

let package = Package(
    name: "denature-fuzz",
    platforms: [.macOS(.v15)],
    dependencies: [.package(url: "https://github.com/attaswift/BigInt", from: "6.0.1")],
    targets: [
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .target(
            name: "Answers", dependencies: ["StrictJSON", .product(name: "BigInt", package: "BigInt")],
            swiftSettings: swiftSettings),
        .target(name: "Files", swiftSettings: swiftSettings),
        .target(name: "StrictJSON", swiftSettings: swiftSettings),
        .target(
            name: "Traces", dependencies: ["CLibXML2", "Answers", "Files", "StrictJSON"], swiftSettings: swiftSettings),
        .target(name: "FuzzSupport", dependencies: ["Answers", "Traces"], swiftSettings: swiftSettings),
        fuzzer("FuzzRecords", ["FuzzSupport", "Traces"]),
        fuzzer("FuzzDocuments", ["FuzzSupport", "Traces"]),
        fuzzer("FuzzAnswers", ["FuzzSupport", "Answers"]),
    ]
)
