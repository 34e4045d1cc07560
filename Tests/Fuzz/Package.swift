// swift-tools-version: 6.2
import PackageDescription

// Random and damaged programs against the library, in release and for as long as one likes. A package of its
// own, so that nobody else builds it: `swift run -c release --package-path Tests/Fuzz adam-fuzz --help`.
let package = Package(
  name: "adam-fuzz",
  dependencies: [.package(name: "adam", path: "../..", traits: [])],
  targets: [
    .target(name: "FuzzTrial", dependencies: [.product(name: "AdamKit", package: "adam")]),
    .executableTarget(
      name: "adam-fuzz", dependencies: ["FuzzTrial", .product(name: "AdamKit", package: "adam")],
      path: "Sources/AdamFuzz"),
    // Needs libFuzzer's main, hence the flags in its file.
    .executableTarget(name: "FuzzScript", dependencies: ["FuzzTrial"]),
  ],
  swiftLanguageModes: [.v6]
)
