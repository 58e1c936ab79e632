// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "Penalty",
    dependencies: [
        .package(name: "denature", path: "../..", traits: ["Torch"])
    ],
    targets: [
        .executableTarget(
            name: "Penalty",
            dependencies: [
                .product(name: "Denature", package: "denature"),
                .product(name: "DenatureTorch", package: "denature"),
            ])
    ]
)
