// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Middleware",
    dependencies: [
        // The trait only so that all examples share one build of the package: what needs no model needs no `traits`.
        .package(name: "denature", path: "../..", traits: ["Torch"])
    ],
    targets: [
        .executableTarget(name: "Middleware", dependencies: [.product(name: "Denature", package: "denature")])
    ]
)
