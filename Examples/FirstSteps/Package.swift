// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "FirstSteps",
    dependencies: [
        .package(name: "denature", path: "../..", traits: ["Torch"])
    ],
    targets: [
        .executableTarget(
            name: "FirstSteps",
            dependencies: [
                .product(name: "Denature", package: "denature"),
                .product(name: "DenatureTorch", package: "denature"),
            ])
    ]
)
