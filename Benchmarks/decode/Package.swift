// swift-tools-version: 6.2
import PackageDescription

// Decoding measured on its own: a package that always has the language-model runtime, so that `make bench` needs no
// libtorch. The targets that it measures are compiled from links, because `package` access ends at a package's border.

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
    .define("Torch"),
]

// As in the main package: a folder with include/ and lib/.
let libtorch = Context.environment["LIBTORCH"] ?? Context.packageDirectory + "/../../.torch/site-packages/torch"

func linked(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, path: "Links/" + name, swiftSettings: swiftSettings)
}

let package = Package(
    name: "denature-decode-benchmark",
    platforms: [.macOS(.v15)],
    dependencies: [.package(url: "https://github.com/attaswift/BigInt", from: "6.0.1")],
    targets: [
        .systemLibrary(name: "CLibCrypto", path: "Links/CLibCrypto", pkgConfig: "libcrypto"),
        .systemLibrary(name: "CLibXML2", path: "Links/CLibXML2", pkgConfig: "libxml-2.0"),
        linked("Statistics"),
        linked("KeyedPRF", ["CLibCrypto"]),
        linked("Answers", [.product(name: "BigInt", package: "BigInt")]),
        linked("Traces", ["CLibXML2", "Answers"]),
        linked("Tokenizers"),
        linked("Safetensors"),
        linked("Generation", ["Statistics"]),
        linked("AntidistillationSampling", ["Generation", "Statistics"]),
        linked("TrainingExamples", ["Answers", "KeyedPRF", "Tokenizers", "Traces"]),
        .target(
            name: "CTorch", path: "Links/CTorch",
            cxxSettings: [
                .define("DENATURE_TORCH"),
                .unsafeFlags([
                    "-isystem", libtorch + "/include", "-isystem", libtorch + "/include/torch/csrc/api/include", "-O3",
                    "-fno-math-errno",
                ]),
            ],
            linkerSettings: [
                .linkedLibrary("torch_cpu"), .linkedLibrary("c10"),
                .unsafeFlags(["-L" + libtorch + "/lib", "-Xlinker", "-rpath", "-Xlinker", libtorch + "/lib"]),
            ]),
        linked("Torch", ["CTorch"]),
        linked("TorchModels", ["Torch", "CTorch", "Generation", "Safetensors", "Statistics"]),
        linked(
            "TorchAntidistillation",
            [
                "AntidistillationSampling", "CTorch", "Generation", "KeyedPRF", "Safetensors", "Statistics", "Torch",
                "TorchModels", "TrainingExamples",
            ]),
        .target(name: "BenchmarkSupport", path: "Support", swiftSettings: swiftSettings),
        .executableTarget(
            name: "decode",
            dependencies: [
                "AntidistillationSampling", "BenchmarkSupport", "Generation", "Torch", "TorchAntidistillation",
                "TorchModels",
            ], swiftSettings: swiftSettings),
    ],
    cxxLanguageStandard: .cxx20
)
