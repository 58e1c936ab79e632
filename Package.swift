// swift-tools-version: 6.2
import PackageDescription

// Targets look only downward; README.md, section "Layout", draws the arrows. Only the target named with a
// library imports that library: KeyedPRF → libcrypto, Traces → libxml2, JobLedger → GRDB (SQLite),
// OpenAIClient → AsyncHTTPClient, DenatureCommands → ArgumentParser.

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
    // Defined while the trait is on, so that one source tree serves both builds.
    .define("Torch", .when(traits: ["Torch"])),
]

func library(_ name: String, _ dependencies: [Target.Dependency] = [], resources: [Resource] = []) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: swiftSettings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .testTarget(
        name: name + "Tests", dependencies: [.init(stringLiteral: name), "TestSupport"] + dependencies,
        swiftSettings: swiftSettings)
}

let package = Package(
    name: "denature",
    platforms: [.macOS(.v15)],
    products: [
        .library(
            name: "Denature",
            targets: [
                "Statistics", "KeyedPRF", "Answers", "Traces", "TextWatermarking", "WatermarkDetection",
                "TraceRewriting", "JobLedger", "Sanitizing",
            ]),
        .executable(name: "denature", targets: ["denature"]),
    ],
    traits: [
        .trait(name: "Torch", description: "Language-model runtime on libtorch: sampling, gradients, training.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
        .package(url: "https://github.com/attaswift/BigInt", from: "6.0.1"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    ],
    targets: [
        // C libraries of the system.
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),

        // Foundations.
        library("Statistics"),
        library("KeyedPRF", ["CLibCrypto"]),
        library("Answers", [.product(name: "BigInt", package: "BigInt")]),
        library("Traces", ["CLibXML2", "Answers"]),
        library("Tokenizers"),
        library("Safetensors"),

        // Marks in text, and their detection.
        library(
            "TextWatermarking", ["KeyedPRF", "Traces", .product(name: "Yams", package: "Yams")],
            resources: [.embedInCode("Resources/lexicon-en.yaml")]),
        library("WatermarkDetection", ["Statistics", "KeyedPRF", "Traces", "TextWatermarking"]),

        // Rewriting, endpoints, the ledger, the job.
        library(
            "TraceRewriting",
            [
                "Answers", "KeyedPRF", "Statistics", "TextWatermarking", "Traces",
                .product(name: "Yams", package: "Yams"),
            ],
            // Links to the files of prompts/, so that the program carries them wherever it goes.
            resources: [.embedInCode("Prompts")]),
        library("OpenAIProtocol"),
        library(
            "OpenAIClient",
            [
                "OpenAIProtocol", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        library("JobLedger", ["KeyedPRF", .product(name: "GRDB", package: "GRDB.swift")]),
        library(
            "Sanitizing",
            [
                "Answers", "JobLedger", "KeyedPRF", "OpenAIClient", "OpenAIProtocol", "Statistics",
                "TextWatermarking", "TraceRewriting", "Traces",
            ]),

        // The command line.
        library(
            "DenatureCommands",
            [
                "Answers", "JobLedger", "KeyedPRF", "OpenAIClient", "OpenAIProtocol", "Sanitizing", "Statistics",
                "TextWatermarking", "TraceRewriting", "Traces", "WatermarkDetection",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .executableTarget(name: "denature", dependencies: ["DenatureCommands"], swiftSettings: swiftSettings),

        // Tests.
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: swiftSettings),
        .target(
            name: "ScriptedServer",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], path: "Tests/ScriptedServer", swiftSettings: swiftSettings),
        tests("Statistics"),
        tests("KeyedPRF"),
        tests("Answers"),
        tests("Traces"),
        tests("Tokenizers"),
        tests("Safetensors"),
        tests("TextWatermarking", ["Answers", "KeyedPRF", "Traces"]),
        tests("WatermarkDetection", ["Statistics", "KeyedPRF", "TextWatermarking", "Traces"]),
        tests("TraceRewriting", ["Answers", "KeyedPRF", "TextWatermarking", "Traces"]),
        tests("OpenAIProtocol"),
        tests("OpenAIClient", ["OpenAIProtocol", "ScriptedServer"]),
        tests("JobLedger", ["KeyedPRF"]),
        tests(
            "Sanitizing",
            [
                "Answers", "JobLedger", "KeyedPRF", "OpenAIClient", "OpenAIProtocol", "ScriptedServer",
                "TextWatermarking", "TraceRewriting", "Traces",
            ]),
        tests("DenatureCommands", ["denature", "KeyedPRF", "ScriptedServer", "Traces"]),
    ]
)
