// swift-tools-version: 6.2
import PackageDescription

// Programs that measure. A package of its own, so that no ordinary build resolves or compiles it.
//
// `package` access ends at a package's border, so what is needed beyond the public surface is compiled here a second
// time, from links to the folders and under other module names.

let swiftSettings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .treatAllWarnings(as: .error),
]

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: ["BenchmarkSupport"] + dependencies, swiftSettings: swiftSettings)
}

let package = Package(
    name: "denature-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "denature", path: ".."),
        .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    ],
    targets: [
        .target(name: "BenchmarkSupport", swiftSettings: swiftSettings),
        .target(
            name: "BenchmarkServer",
            dependencies: [
                .product(name: "NIOCore", package: "swift-nio"), .product(name: "NIOHTTP1", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ], swiftSettings: swiftSettings),
        .target(
            name: "KeyedPRFInternals", dependencies: [.product(name: "Denature", package: "denature")],
            swiftSettings: swiftSettings),
        program("throughput", []),
        program("endpoint-rate", ["BenchmarkServer"]),
        program("primitives", ["KeyedPRFInternals", .product(name: "Denature", package: "denature")]),
        program("token-marks", [.product(name: "Denature", package: "denature")]),
    ]
)
