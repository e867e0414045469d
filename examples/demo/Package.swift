// swift-tools-version: 6.2
// The demonstration's sender in Swift: a package of its own, which depends on wabiz as a service of yours would.
import PackageDescription

let package = Package(
    name: "demo",
    dependencies: [.package(name: "wabiz", path: "../..")],
    targets: [
        .executableTarget(
            name: "send-samples",
            dependencies: [
                .product(name: "WABiz", package: "wabiz"),
                .product(name: "WABizClient", package: "wabiz"),
            ],
            path: "swift")
    ]
)
