// swift-tools-version: 6.2
import PackageDescription

// Random and damaged programs against the library, in release and for as long as one likes. A package of its
// own, so that nobody else builds it: `swift run -c release --package-path Tests/Fuzz adam-fuzz --help`.
let package = Package(
  name: "adam-fuzz",
  dependencies: [.package(name: "adam", path: "../..", traits: [])],
  targets: [
    .executableTarget(
      name: "adam-fuzz", dependencies: [.product(name: "AdamKit", package: "adam")], path: "Sources/AdamFuzz")
  ],
  swiftLanguageModes: [.v6]
)
