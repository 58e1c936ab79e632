// swift-tools-version: 6.2
import PackageDescription

// Targets look only downward; README.md, section "Layout", draws the arrows. Only the target named with a
// library imports that library: KeyedPRF → libcrypto, Traces → libxml2, JobLedger → GRDB (SQLite),
// OpenAIClient → AsyncHTTPClient, Gateway → Hummingbird, CTorch → libtorch, DenatureCommands → ArgumentParser.

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

// libtorch: a folder with include/ and lib/, as in the `torch` package from PyPI. `make` puts one into .torch/.
let libtorch =
    Context.environment["LIBTORCH"].flatMap { $0.isEmpty ? nil : $0 }
    ?? Context.packageDirectory + "/.torch/site-packages/torch"
let withTorch = BuildSettingCondition.when(traits: ["Torch"])

/// A target that is there in every build and empty without the trait: every file of it is `#if Torch`.
func torchLibrary(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: swiftSettings)
}

let package = Package(
    name: "denature",
    platforms: [.macOS(.v15)],
    products: [
        .library(
            name: "Denature",
            targets: [
                "Statistics", "KeyedPRF", "Answers", "Traces", "TextWatermarking", "Watermarking",
                "WatermarkDetection", "TraceRewriting", "JobLedger", "Sanitizing", "Generation", "Auditing",
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
        .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
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
        library("ReportPages"),

        // Marks in text, and their detection.
        library(
            "TextWatermarking", ["KeyedPRF", "Traces", .product(name: "Yams", package: "Yams")],
            resources: [.embedInCode("Resources/lexicon-en.yaml")]),
        library("WatermarkDetection", ["Statistics", "KeyedPRF", "Traces", "TextWatermarking", "Watermarking"]),

        // The audit of a suspect model.
        library(
            "Auditing",
            [
                "KeyedPRF", "ReportPages", "Statistics", "TextWatermarking", "Traces", "WatermarkDetection",
                "Watermarking",
            ]),
        library("AlignedReading", ["Auditing", "Tokenizers"]),

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

        // Language models: what needs no libtorch.
        library("Generation", ["Statistics"]),
        library("AntidistillationSampling", ["Generation", "Statistics"]),
        library("Watermarking", ["Generation", "KeyedPRF", "Statistics"]),
        library("TrainingExamples", ["Answers", "KeyedPRF", "Tokenizers", "Traces"]),
        library(
            "TokenSwaps",
            ["Answers", "Statistics", "Tokenizers", "TraceRewriting", "Traces", "TrainingExamples"]),
        library(
            "TraceGeneration",
            [
                "Answers", "AntidistillationSampling", "Generation", "KeyedPRF", "Statistics",
                "Tokenizers", "TrainingExamples", "Traces", "Watermarking",
            ]),
        library("Lab", ["Statistics"]),
        library("ProblemSets", ["Answers", "KeyedPRF", "Traces"]),
        library(
            "PromptSearch",
            [
                "Answers", "KeyedPRF", "Statistics", "TextWatermarking", "TraceGeneration", "TraceRewriting", "Traces",
            ]),

        // A server for them: the routes, and the batching behind them.
        library(
            "Gateway",
            [
                "KeyedPRF", "OpenAIProtocol", .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),
        library(
            "ModelServing",
            [
                "Gateway", "Generation", "OpenAIProtocol", "Statistics", "Tokenizers", "TraceGeneration",
                "TrainingExamples",
            ]),

        // Attackers, and experiments with defences against them.
        library("Attacks", ["Answers", "Statistics", "Traces", "TrainingExamples"]),
        library(
            "Experiments",
            [
                "Answers", "Attacks", "Auditing", "KeyedPRF", "ReportPages", "Statistics",
                .product(name: "Yams", package: "Yams"),
            ]),

        // The runtime on libtorch. A target cannot depend on a trait, its contents can.
        .target(
            name: "CTorch",
            cxxSettings: [
                .define("DENATURE_TORCH", withTorch),
                .unsafeFlags(
                    [
                        "-isystem", libtorch + "/include", "-isystem", libtorch + "/include/torch/csrc/api/include",
                        "-O3", "-fno-math-errno",
                    ], withTorch),
            ],
            linkerSettings: [
                .linkedLibrary("torch_cpu", withTorch), .linkedLibrary("c10", withTorch),
                .unsafeFlags(
                    ["-L" + libtorch + "/lib", "-Xlinker", "-rpath", "-Xlinker", libtorch + "/lib"], withTorch),
            ]),
        torchLibrary("Torch", ["CTorch"]),
        torchLibrary("TorchModels", ["Torch", "CTorch", "Generation", "Safetensors", "Statistics"]),
        torchLibrary(
            "FineTuning",
            ["Torch", "TorchModels", "Safetensors", "Statistics", "Tokenizers", "TrainingExamples"]),
        torchLibrary(
            "TorchAntidistillation",
            [
                "AntidistillationSampling", "CTorch", "Generation", "KeyedPRF", "Safetensors", "Statistics", "Torch",
                "TorchModels", "TrainingExamples",
            ]),

        torchLibrary("TorchAuditing", ["Auditing", "Generation", "Torch", "TorchModels"]),
        torchLibrary(
            "TorchRewriting",
            [
                "AntidistillationSampling", "Generation", "TokenSwaps", "Tokenizers", "Torch", "TorchAntidistillation",
                "TorchModels", "TraceRewriting", "Traces", "TrainingExamples",
            ]),

        // The command line.
        library(
            "DenatureCommands",
            [
                "AlignedReading", "Answers", "AntidistillationSampling", "Attacks", "Auditing", "Experiments",
                "FineTuning", "Gateway", "Generation", "JobLedger", "KeyedPRF", "Lab", "ModelServing", "OpenAIClient",
                "OpenAIProtocol", "ProblemSets", "PromptSearch", "Safetensors", "Sanitizing", "Statistics",
                "TextWatermarking", "TokenSwaps", "Tokenizers", "Torch", "TorchAntidistillation", "TorchAuditing",
                "TorchModels", "TorchRewriting", "TraceGeneration", "TraceRewriting", "Traces", "TrainingExamples",
                "WatermarkDetection", "Watermarking",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .executableTarget(name: "denature", dependencies: ["DenatureCommands"], swiftSettings: swiftSettings),

        // Tests.
        .target(
            name: "TestSupport", dependencies: ["KeyedPRF"], path: "Tests/TestSupport", swiftSettings: swiftSettings),
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
        tests("WatermarkDetection", ["Statistics", "KeyedPRF", "TextWatermarking", "Traces", "Watermarking"]),
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
        tests("Generation", ["Statistics"]),
        tests("Watermarking", ["Generation", "KeyedPRF", "Statistics"]),
        tests("AntidistillationSampling", ["Generation", "Statistics"]),
        tests("TrainingExamples", ["Tokenizers", "Traces"]),
        tests(
            "TraceGeneration",
            [
                "AntidistillationSampling", "Answers", "Generation", "KeyedPRF", "Statistics", "Tokenizers",
                "TrainingExamples", "WatermarkDetection", "Watermarking",
            ]),
        tests("Attacks", ["Lab"]),
        tests("Experiments", ["Attacks", "Statistics"]),
        tests("Lab", ["Answers", "Statistics", "Tokenizers"]),
        tests("Gateway", ["KeyedPRF", "OpenAIClient", "OpenAIProtocol"]),
        tests(
            "ModelServing",
            [
                "Gateway", "Generation", "OpenAIClient", "OpenAIProtocol", "Statistics", "Tokenizers", "Torch",
                "TorchModels", "TraceGeneration", "TrainingExamples",
            ]),
        tests("ProblemSets"),
        tests(
            "PromptSearch",
            ["OpenAIClient", "Sanitizing", "ScriptedServer", "TraceRewriting", "Traces"]),
        tests("Torch"),
        tests("TorchModels", ["Generation", "Safetensors", "Statistics", "Torch"]),
        tests(
            "FineTuning",
            ["Safetensors", "Statistics", "Tokenizers", "Torch", "TorchModels", "TrainingExamples"]),
        tests(
            "TorchAntidistillation",
            [
                "AntidistillationSampling", "Generation", "Safetensors", "Statistics", "Tokenizers", "Torch",
                "TorchModels", "TrainingExamples",
            ]),
        tests(
            "Auditing",
            [
                "Generation", "KeyedPRF", "ReportPages", "Statistics", "TextWatermarking", "WatermarkDetection",
                "Watermarking",
            ]),
        tests("AlignedReading", ["Auditing", "Tokenizers"]),
        tests("TorchAuditing", ["Auditing", "Safetensors", "Torch", "TorchModels"]),
        tests("TokenSwaps", ["Answers", "Statistics", "Tokenizers", "TraceRewriting", "Traces", "TrainingExamples"]),
        tests(
            "TorchRewriting",
            [
                "AntidistillationSampling", "Generation", "Safetensors", "Statistics", "TokenSwaps", "Tokenizers",
                "Torch",
                "TorchAntidistillation", "TorchModels", "TraceRewriting", "Traces", "TrainingExamples",
            ]),
        tests(
            "DenatureCommands",
            [
                "denature", "KeyedPRF", "OpenAIClient", "OpenAIProtocol", "Safetensors",
                "ScriptedServer", "TextWatermarking", "Tokenizers", "TraceRewriting", "Traces",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
    ],
    cxxLanguageStandard: .cxx20
)
