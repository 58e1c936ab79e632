// swift-tools-version: 6.2
import PackageDescription

// Targets look only downward, and stand here in the order of their storeys; CONTRIBUTING.md says what each is for. Only
// the target named with a library imports that library: Compression → zlib and libzstd, KeyedPRF → libcrypto, Traces →
// libxml2, Tokenizers → Oniguruma, Answers → BigInt, JobLedger → GRDB (SQLite), OpenAIClient → AsyncHTTPClient, Serving →
// Hummingbird, CTorch → libtorch, DenatureCommands → ArgumentParser.

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

/// All that needs no libtorch.
let parts = [
    "Files", "Compression", "StrictJSON", "ChatTemplates", "Statistics", "KeyedPRF", "Answers", "Traces", "Tokenizers",
    "Safetensors", "GGUF", "Generation", "Marks", "Auditing", "TraceRewriting", "JobLedger", "OpenAIProtocol",
    "OpenAIClient", "Sanitizing", "Problems",
    "TrainingExamples", "Antidistillation", "TraceGeneration", "PromptSearch", "Serving", "Lab", "Denature",
]

// Linux alone is built and tested; `platforms` has no word for that, so that it says nothing. The versions of packages are
// exact: a library's Package.resolved binds nobody, and these are the ones that the tests ran with.
let package = Package(
    name: "denature",
    products: [
        .library(name: "Denature", targets: parts),
        .library(
            name: "DenatureTorch",
            targets: ["DenatureTorch", "Torch", "TorchModels", "FineTuning", "TorchAntidistillation"]),
        .library(name: "KeyedPRF", targets: ["KeyedPRF"]),
        .library(name: "Statistics", targets: ["Statistics"]),
        .library(name: "Answers", targets: ["Answers"]),
        .library(name: "Traces", targets: ["Traces"]),
        .library(name: "Marks", targets: ["Marks"]),
        .library(name: "Auditing", targets: ["Auditing"]),
        .library(name: "Generation", targets: ["Generation"]),
        .library(name: "Tokenizers", targets: ["Tokenizers"]),
        .library(name: "Safetensors", targets: ["Safetensors"]),
        .library(name: "GGUF", targets: ["GGUF"]),
        // For the programs of Benchmarks/.
        .library(name: "BenchmarkInternals", targets: ["BenchmarkInternals"]),
        .library(
            name: "DecodeInternals",
            targets: ["Antidistillation", "DecodeInternals", "Torch", "TorchAntidistillation", "TorchModels"]),
        .library(name: "ScriptedServer", targets: ["ScriptedServer"]),
        .executable(name: "denature", targets: ["denature"]),
    ],
    traits: [
        .trait(name: "Torch", description: "Language-model runtime on libtorch: sampling, gradients, training.")
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/attaswift/BigInt", exact: "6.0.1"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: [
        // C libraries of the system.
        .systemLibrary(name: "CLibCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
        .systemLibrary(name: "COniguruma", pkgConfig: "oniguruma", providers: [.apt(["libonig-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .systemLibrary(name: "CZstandard", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),

        // Foundations.
        library("Files"),
        library("Compression", ["CZlib", "CZstandard"]),
        library("StrictJSON"),
        library("ChatTemplates", ["StrictJSON"]),
        library("Statistics"),
        library("KeyedPRF", ["CLibCrypto", "Files", "StrictJSON"]),
        library("Answers", ["StrictJSON", .product(name: "BigInt", package: "BigInt")]),
        library("ReportPages"),

        // What is read: traces, tokenizers, checkpoints.
        library("Traces", ["Answers", "CLibXML2", "Compression", "Files", "KeyedPRF", "StrictJSON"]),
        library("Tokenizers", ["ChatTemplates", "COniguruma", "Files", "KeyedPRF", "StrictJSON"]),
        library("Safetensors", ["Files", "KeyedPRF", "StrictJSON"]),
        library("GGUF", ["Files", "Safetensors"]),

        // How tokens are drawn, and the marks in tokens and texts.
        library("Generation", ["Statistics"]),
        library(
            "Marks",
            [
                "Files", "Generation", "KeyedPRF", "Statistics", "StrictJSON", "Traces",
                .product(name: "Yams", package: "Yams"),
            ],
            resources: [.embedInCode("Schemes/Lexical/lexicon-en.yaml")]),

        // The audit of a suspect model.
        library(
            "Auditing",
            ["Files", "KeyedPRF", "Marks", "ReportPages", "Statistics", "StrictJSON", "Tokenizers", "Traces"]),

        // Rewriting, endpoints, the ledger, the job.
        library(
            "TraceRewriting",
            [
                "Answers", "Files", "KeyedPRF", "Marks", "Statistics", "StrictJSON", "Traces",
                .product(name: "Yams", package: "Yams"),
            ],
            // Links to the files of prompts/, so that the program carries them wherever it goes.
            resources: [.embedInCode("Prompts")]),
        library("OpenAIProtocol", ["StrictJSON"]),
        library(
            "OpenAIClient",
            [
                "OpenAIProtocol", .product(name: "AsyncHTTPClient", package: "async-http-client"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ]),
        library(
            "JobLedger", ["Files", "KeyedPRF", "StrictJSON", "Traces", .product(name: "GRDB", package: "GRDB.swift")]),
        library(
            "Sanitizing",
            [
                "Answers", "Files", "JobLedger", "KeyedPRF", "Marks", "OpenAIClient", "OpenAIProtocol", "Statistics",
                "StrictJSON", "TraceRewriting", "Traces",
            ]),

        // What models learn and write.
        library("Problems", ["Answers", "Files", "KeyedPRF", "StrictJSON", "Traces"]),
        library(
            "TrainingExamples",
            ["Answers", "ChatTemplates", "Files", "KeyedPRF", "StrictJSON", "Tokenizers", "Traces"]),
        library(
            "Antidistillation",
            [
                "Answers", "Generation", "Statistics", "Tokenizers", "TraceRewriting", "Traces", "TrainingExamples",
            ]),
        library(
            "TraceGeneration",
            [
                "Answers", "Antidistillation", "Files", "Generation", "KeyedPRF", "Marks", "Problems", "Statistics",
                "StrictJSON", "Tokenizers", "Traces", "TrainingExamples",
            ]),
        library(
            "PromptSearch",
            [
                "Answers", "Files", "KeyedPRF", "Marks", "Problems", "Statistics", "StrictJSON", "TraceGeneration",
                "TraceRewriting", "Traces",
            ]),

        // A server for models: the routes, and the batching behind them.
        library(
            "Serving",
            [
                "ChatTemplates", "Generation", "KeyedPRF", "OpenAIProtocol", "Statistics", "StrictJSON", "Tokenizers",
                "TraceGeneration", "TrainingExamples",
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]),

        // The lab: a task of its own, attackers, experiments with defences against them.
        library(
            "Lab",
            [
                "Answers", "Files", "ReportPages", "Statistics", "StrictJSON", "Traces", "TrainingExamples",
            ]),

        // The hall: the settings of every job, and the jobs.
        library(
            "Denature",
            [
                "Answers", "Antidistillation", "Auditing", "Files", "GGUF", "Generation", "JobLedger", "KeyedPRF",
                "Lab",
                "Marks",
                "OpenAIClient", "OpenAIProtocol", "Problems", "PromptSearch", "Safetensors", "Sanitizing", "Serving",
                "Statistics", "StrictJSON", "Tokenizers", "TraceGeneration", "TraceRewriting", "Traces",
                "TrainingExamples", .product(name: "Yams", package: "Yams"),
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
        torchLibrary(
            "TorchModels", ["CTorch", "Files", "Generation", "Safetensors", "Statistics", "StrictJSON", "Torch"]),
        torchLibrary(
            "FineTuning",
            [
                "Files", "Safetensors", "Statistics", "StrictJSON", "Tokenizers", "Torch", "TorchModels",
                "TrainingExamples",
            ]),
        torchLibrary(
            "TorchAntidistillation",
            [
                "Antidistillation", "CTorch", "Files", "Generation", "KeyedPRF", "Safetensors", "Statistics",
                "StrictJSON",
                "Tokenizers", "Torch", "TorchModels", "TraceRewriting", "Traces", "TrainingExamples",
            ]),
        torchLibrary(
            "DenatureTorch",
            [
                "Answers", "Antidistillation", "Auditing", "Denature", "Files", "FineTuning", "Generation", "KeyedPRF",
                "Lab", "Marks", "OpenAIClient", "OpenAIProtocol", "Problems", "PromptSearch", "Safetensors",
                "Sanitizing",
                "Serving", "Statistics", "StrictJSON", "Tokenizers", "Torch", "TorchAntidistillation", "TorchModels",
                "TraceGeneration", "TraceRewriting", "Traces", "TrainingExamples",
            ]),

        // The command line.
        library(
            "DenatureCommands",
            parts.map { .init(stringLiteral: $0) } + [
                "DenatureTorch", "FineTuning", "Torch", "TorchAntidistillation", "TorchModels",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Yams", package: "Yams"),
            ]),
        .executableTarget(name: "denature", dependencies: ["DenatureCommands"], swiftSettings: swiftSettings),

        // Tests.
        .target(
            name: "TestSupport", dependencies: ["KeyedPRF"], path: "Tests/TestSupport", swiftSettings: swiftSettings),
        .target(
            name: "SettingsSupport", dependencies: ["Denature"], path: "Tests/SettingsSupport",
            swiftSettings: swiftSettings),
        .target(
            name: "ScriptedServer",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], path: "Tests/ScriptedServer", swiftSettings: swiftSettings),
        // What Benchmarks/ measures and importers do not see.
        .target(
            name: "BenchmarkInternals", dependencies: ["Auditing", "KeyedPRF", "Marks", "Statistics"],
            path: "Benchmarks/Internals", swiftSettings: swiftSettings),
        .target(
            name: "DecodeInternals", dependencies: ["Antidistillation", "Generation", "Torch", "TorchModels"],
            path: "Benchmarks/decode/Internals", swiftSettings: swiftSettings),
        tests("Files"),
        tests("Compression"),
        tests("StrictJSON"),
        tests("ChatTemplates", ["StrictJSON"]),
        tests("Statistics"),
        tests("KeyedPRF", ["Files"]),
        tests("Answers", ["StrictJSON"]),
        tests("Traces", ["Compression", "StrictJSON"]),
        // A container of its own, which Sources knows nothing of.
        .testTarget(
            name: "ContainerRegistryTests", dependencies: ["Compression", "TestSupport", "Traces"],
            swiftSettings: swiftSettings),
        tests("Tokenizers", ["ChatTemplates", "StrictJSON"]),
        tests("Safetensors", ["Files"]),
        tests("GGUF", ["Safetensors"]),
        tests("Generation", ["Statistics"]),
        tests("Marks", ["Answers", "Generation", "KeyedPRF", "Statistics", "Traces"]),
        tests(
            "Auditing",
            ["Files", "Generation", "KeyedPRF", "Marks", "ReportPages", "Statistics", "StrictJSON", "Tokenizers"]),
        // Schemes of its own, which Sources knows nothing of.
        .testTarget(
            name: "SchemeRegistryTests",
            dependencies: ["Auditing", "Denature", "Generation", "KeyedPRF", "Marks", "Statistics", "TestSupport"],
            swiftSettings: swiftSettings),
        tests("TraceRewriting", ["Answers", "KeyedPRF", "Marks", "Traces"]),
        tests("OpenAIProtocol"),
        tests("OpenAIClient", ["OpenAIProtocol", "ScriptedServer"]),
        tests("JobLedger", ["Files", "KeyedPRF", "Traces"]),
        tests(
            "Sanitizing",
            [
                "Answers", "Compression", "Files", "JobLedger", "KeyedPRF", "Marks", "OpenAIClient", "OpenAIProtocol",
                "ScriptedServer",
                "TraceRewriting", "Traces",
            ]),
        tests("Problems"),
        tests("TrainingExamples", ["ChatTemplates", "Tokenizers", "Traces"]),
        tests(
            "Antidistillation",
            ["Answers", "Generation", "Statistics", "Tokenizers", "TraceRewriting", "Traces", "TrainingExamples"]),
        tests(
            "TraceGeneration",
            [
                "Answers", "Antidistillation", "ChatTemplates", "Files", "Generation", "KeyedPRF", "Marks", "Problems",
                "Statistics", "Tokenizers", "Traces", "TrainingExamples",
            ]),
        tests(
            "PromptSearch",
            ["Files", "OpenAIClient", "Problems", "Sanitizing", "ScriptedServer", "TraceRewriting", "Traces"]),
        tests(
            "Serving",
            [
                "Generation", "KeyedPRF", "OpenAIClient", "OpenAIProtocol", "Statistics", "Tokenizers", "Torch",
                "TorchModels", "TraceGeneration", "TrainingExamples",
            ]),
        tests("Lab", ["Answers", "Files", "Statistics", "Tokenizers"]),
        tests(
            "Denature",
            [
                "Auditing", "Files", "JobLedger", "KeyedPRF", "Lab", "OpenAIClient", "Safetensors", "Sanitizing",
                "SettingsSupport", "StrictJSON", "Tokenizers", "TraceGeneration", "TraceRewriting", "Traces",
                "TrainingExamples",
            ]),
        tests("Torch"),
        tests("TorchModels", ["Generation", "Safetensors", "Statistics", "Torch"]),
        tests(
            "FineTuning",
            ["Safetensors", "Statistics", "Tokenizers", "Torch", "TorchModels", "TrainingExamples"]),
        tests(
            "TorchAntidistillation",
            [
                "Antidistillation", "Generation", "Safetensors", "Statistics", "Tokenizers", "Torch", "TorchModels",
                "TraceRewriting", "Traces", "TrainingExamples",
            ]),
        tests(
            "DenatureTorch",
            [
                "Auditing", "Denature", "FineTuning", "KeyedPRF", "Marks", "PromptSearch", "Safetensors",
                "SettingsSupport", "Tokenizers", "Torch", "TorchAntidistillation", "TorchModels", "TraceGeneration",
            ]),
        tests(
            "DenatureCommands",
            [
                "Denature", "DenatureTorch", "denature", "Files", "KeyedPRF", "Marks", "OpenAIClient", "OpenAIProtocol",
                "Safetensors", "ScriptedServer", "StrictJSON", "Tokenizers", "TraceRewriting", "Traces",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
    ],
    cxxLanguageStandard: .cxx20
)
