// swift-tools-version: 6.2
// Senders and a webhook receiver in Swift: `swift run send`, `swift run send-many`, `swift run receive`. In a package of your own, put
// .package(url:from:) of wabiz in place of the path.
import PackageDescription

let package = Package(
    name: "wabiz-examples",
    dependencies: [
        .package(name: "wabiz", path: "../.."),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    ],
    targets: [
        .executableTarget(
            name: "send",
            dependencies: [.product(name: "WABiz", package: "wabiz"), .product(name: "WABizClient", package: "wabiz")]),
        .executableTarget(
            name: "send-many",
            dependencies: [
                .product(name: "WABiz", package: "wabiz"), .product(name: "WABizClient", package: "wabiz"),
                .product(name: "WABizAsync", package: "wabiz"),
            ]),
        .executableTarget(
            name: "receive",
            dependencies: [.product(name: "WABiz", package: "wabiz"), .product(name: "FlyingFox", package: "FlyingFox")]),
    ],
    swiftLanguageModes: [.v6]
)
