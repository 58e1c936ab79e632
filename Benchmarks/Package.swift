// swift-tools-version: 6.2
import PackageDescription

// Programs that measure. A package of its own, so that no ordinary build resolves or compiles it. It imports the products
// that it measures; what only the package itself may call is measured through its product BenchmarkInternals (Internals/).

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

func product(_ name: String) -> Target.Dependency { .product(name: name, package: "denature") }

func program(_ name: String, _ products: [String]) -> Target {
    .executableTarget(
        name: name, dependencies: ["BenchmarkSupport"] + products.map(product), swiftSettings: swiftSettings)
}

let package = Package(
    name: "denature-benchmarks",
    products: [.library(name: "BenchmarkSupport", targets: ["BenchmarkSupport"])],
    dependencies: [.package(name: "denature", path: "..")],
    targets: [
        .target(name: "BenchmarkSupport", swiftSettings: swiftSettings),
        program("throughput", []),
        program("endpoint-rate", ["ScriptedServer"]),
        program("primitives", ["Answers", "BenchmarkInternals", "KeyedPRF", "Marks", "Traces"]),
        program("decoys", ["BenchmarkInternals", "Marks"]),
        program("token-marks", ["Generation", "KeyedPRF", "Marks"]),
    ]
)
