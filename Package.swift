// swift-tools-version: 6.2
// The package: a pure core, a client over libcurl, the C boundary, the shared object and the command.
import PackageDescription

let strict: [SwiftSetting] = [
    .strictMemorySafety(),
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
]

// Flags of the shared object live on SharedObject alone: on the ABI target they would reach every test bundle. Functions of equal
// code become one, 170 KB less: Swift promises no address of its own to any function, and its compiler merges some by itself.
// C++'s library and unwinder come from archives, of which the Swift runtime needs 60 KB, where their shared objects would cost every
// process 1 MB; LinkedIn/libstdc++.so says how. Relative relocations are packed (glibc 2.36): 20,000 of them take 3 KB in place of 460.
let sharedObjectFlags = [
    "-static-stdlib", "-use-ld=lld",
    "-L\(Context.packageDirectory)/Sources/SharedObject/LinkedIn", "-Xclang-linker", "-static-libgcc",
    "-Xlinker", "--version-script=\(Context.packageDirectory)/include/wabiz.map",
    "-Xlinker", "-soname=libwabiz.so.0",
    "-Xlinker", "--gc-sections", "-Xlinker", "--icf=all",
    "-Xlinker", "--symbol-ordering-file=\(Context.packageDirectory)/include/wabiz.order", "-Xlinker", "--no-warn-symbol-ordering",
    "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs",
    "-Xlinker", "-z", "-Xlinker", "nodelete",
    "-Xlinker", "-z", "-Xlinker", "defs",
]

let package = Package(
    name: "wabiz",
    products: [
        .library(name: "WABiz", targets: ["WABiz"]),
        .library(name: "WABizClient", targets: ["WABizClient"]),
        .library(name: "WABizAsync", targets: ["WABizAsync"]),
        .library(name: "wabiz", type: .dynamic, targets: ["WABizABI", "SharedObject"]),
        .executable(name: "wabiz-command", targets: ["wabiz"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swhitty/FlyingFox", from: "0.27.1"),
    ],
    targets: [
        .systemLibrary(name: "CWABiz", path: "include"),
        .systemLibrary(name: "CJansson", pkgConfig: "jansson", providers: [.apt(["libjansson-dev"])]),
        .systemLibrary(name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
        .systemLibrary(name: "CCrypto", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
        .systemLibrary(name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"])]),
        .target(
            name: "WABiz", dependencies: ["CJansson", "CCrypto"], swiftSettings: strict,
            // Rounding is a call of libm, which nothing else brings in for a program that imports neither Glibc nor Foundation.
            linkerSettings: [.linkedLibrary("m")]),
        .target(name: "WABizClient", dependencies: ["WABiz", "CCurl", "CSQLite"], swiftSettings: strict),
        .target(name: "WABizAsync", dependencies: ["WABiz", "WABizClient"], swiftSettings: strict),
        .target(name: "WABizABI", dependencies: ["WABiz", "WABizClient", "CWABiz"], swiftSettings: strict),
        .target(name: "SharedObject", exclude: ["LinkedIn"], linkerSettings: [.unsafeFlags(sharedObjectFlags)]),
        .executableTarget(
            name: "wabiz",
            dependencies: [
                "WABiz", "WABizClient", "CCurl",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "FlyingFox", package: "FlyingFox"),
                .product(name: "FlyingSocks", package: "FlyingFox"),
            ]),
        .testTarget(name: "WABizTests", dependencies: ["WABiz", "CJansson"]),
        .testTarget(name: "WABizClientTests", dependencies: ["WABiz", "WABizClient", "WABizAsync"]),
        .testTarget(name: "WABizABITests", dependencies: ["WABizABI", "CWABiz"]),
    ],
    swiftLanguageModes: [.v6]
)
