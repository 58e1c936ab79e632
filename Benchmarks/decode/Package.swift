// swift-tools-version: 6.2
import PackageDescription

// Decoding measured on its own: a package that always has the language-model runtime, so that `make bench` needs no
// libtorch. What only the package itself may call is measured through its product DecodeInternals (Internals/).

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

let package = Package(
    name: "denature-decode-benchmark",
    dependencies: [
        .package(name: "denature", path: "../..", traits: ["Torch"]),
        .package(name: "denature-benchmarks", path: ".."),
    ],
    targets: [
        .executableTarget(
            name: "decode",
            dependencies: [
                .product(name: "BenchmarkSupport", package: "denature-benchmarks"),
                .product(name: "DecodeInternals", package: "denature"),
                .product(name: "Generation", package: "denature"),
            ], swiftSettings: swiftSettings)
    ]
)
