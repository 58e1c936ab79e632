// swift-tools-version: 6.2
import PackageDescription

// Decoy keys measured on their own: what they run through has `package` access, which ends at a package's border, so the
// targets are compiled from links.

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

func linked(
    _ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []
) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Links/" + name, resources: resources,
        swiftSettings: swiftSettings)
}

let package = Package(
    name: "denature-decoys-benchmark",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        .systemLibrary(name: "CLibCrypto", path: "Links/CLibCrypto", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CLibXML2", path: "Links/CLibXML2", pkgConfig: "libxml-2.0"),
        linked("Statistics"),
        linked("KeyedPRF", ["CLibCrypto"]),
        linked("Answers", [.product(name: "BigInt", package: "BigInt")]),
        linked("Traces", ["CLibXML2", "Answers"]),
        linked(
            "TextWatermarking", ["KeyedPRF", "Traces", .product(name: "Yams", package: "Yams")],
            resources: [.embedInCode("Resources/lexicon-en.yaml")]),
        linked("Generation", ["Statistics"]),
        linked("Watermarking", ["Generation", "KeyedPRF", "Statistics"]),
        linked("WatermarkDetection", ["Statistics", "KeyedPRF", "Traces", "TextWatermarking", "Watermarking"]),
        linked("ReportPages", []),
        linked(
            "Auditing",
            [
                "KeyedPRF", "ReportPages", "Statistics", "TextWatermarking", "Traces", "WatermarkDetection",
                "Watermarking",
            ]),
        .target(name: "BenchmarkSupport", path: "Support", swiftSettings: swiftSettings),
        .executableTarget(
            name: "decoys",
            dependencies: ["Auditing", "BenchmarkSupport", "Statistics", "WatermarkDetection"],
            swiftSettings: swiftSettings),
    ]
)
