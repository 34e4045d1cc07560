// swift-tools-version: 6.2
import PackageDescription

// Modules stand in data-flow order; README.md holds the same table and a test keeps both equal
// to the imports in the sources.

/// For release builds. A start of the program is most of what a short script takes: the linker may lay what it
/// runs side by side (`scripts/dev/release` does), and generic types are made by calls that know their
/// parts, instead of being looked up by name.
let startSettings = ["-function-sections", "-disable-concrete-type-metadata-mangled-name-accessors"]
  .flatMap { ["-Xfrontend", $0] }

/// Kernels are optimised in debug builds too: the bits must not depend on the configuration and an
/// unoptimised kernel is a thousand times slower. No flag here lets the compiler change a result.
func kernelSettings(_ architecture: String?, _ define: String) -> [SwiftSetting] {
  #if arch(x86_64)
    let level = architecture.map { ["-Xcc", "-march=\($0)"] } ?? []
  #else
    let level: [String] = []
  #endif
  return [
    .unsafeFlags(["-Ounchecked", "-Xcc", "-fno-math-errno", "-Xcc", "-ffp-contract=off"] + level),
    .unsafeFlags(startSettings, .when(configuration: .release)),
    .define(define),
  ]
}

/// Modules without unsafe code say so to the compiler.
let strict: [SwiftSetting] = [.strictMemorySafety()]

let package = Package(
  name: "adam",
  products: [
    .library(name: "AdamKit", targets: ["AdamKit"]),
    .executable(name: "adam", targets: ["AdamCLI"]),
  ],
  traits: [
    .trait(name: "Readline", description: "Line editing by GNU readline (GPL-3+) in the executable."),
    .default(enabledTraits: ["Readline"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0")
  ],
  targets: [
    .target(name: "AdamSource", swiftSettings: strict),
    .target(name: "AdamSyntax", dependencies: ["AdamSource"], swiftSettings: strict),
    .target(
      name: "AdamFormulas", swiftSettings: [.unsafeFlags(["-Xcc", "-fno-math-errno"])],
      linkerSettings: [.linkedLibrary("m")]),
    .target(name: "AdamIR", dependencies: ["AdamSource", "AdamFormulas"]),
    .target(name: "AdamPasses", dependencies: ["AdamIR"]),
    .target(name: "CFloatState"),
    .target(name: "CMemory"),
    .target(name: "CProcessor"),
    .target(name: "AdamKernelABI"),
    .target(
      name: "AdamKernels", dependencies: ["AdamKernelABI", "AdamFormulas", "CMemory"],
      swiftSettings: kernelSettings(nil, "ADAM_BASE")),
    .target(
      name: "AdamKernelsV3", dependencies: ["AdamKernelABI", "AdamFormulas", "CMemory"],
      swiftSettings: kernelSettings("x86-64-v3", "ADAM_V3")),
    .target(
      name: "AdamKernelsV4", dependencies: ["AdamKernelABI", "AdamFormulas", "CMemory"],
      swiftSettings: kernelSettings("x86-64-v4", "ADAM_V4")),
    .target(name: "AdamData", dependencies: ["AdamSource"]),
    .target(
      name: "AdamRuntime",
      dependencies: [
        "AdamIR", "AdamPasses", "AdamData", "AdamKernelABI", "AdamKernels", "AdamKernelsV3",
        "AdamKernelsV4", "CFloatState", "CProcessor",
      ]),
    .target(
      name: "AdamLibrary",
      dependencies: ["AdamSource", "AdamIR", "AdamPasses", "AdamData", "AdamRuntime", "AdamFormulas"]),
    .target(
      name: "AdamSemantics", dependencies: ["AdamSyntax", "AdamIR", "AdamLibrary"],
      swiftSettings: strict),
    .target(
      name: "AdamInterpreter",
      dependencies: ["AdamSyntax", "AdamSemantics", "AdamLibrary", "AdamRuntime"]),
    .target(name: "AdamKit", dependencies: ["AdamInterpreter"]),
    .systemLibrary(name: "CReadline"),
    .target(
      name: "AdamREPL",
      dependencies: [
        "AdamKit", .target(name: "CReadline", condition: .when(traits: ["Readline"])),
      ]),
    .executableTarget(
      name: "AdamCLI",
      dependencies: [
        "AdamKit", "AdamREPL", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .target(name: "CAllocationCount", path: "Tests/CAllocationCount"),
    .target(name: "CMachineLimits", path: "Tests/CMachineLimits"),
    .executableTarget(
      name: "AdamBench",
      dependencies: ["AdamKit", "AdamInterpreter", "AdamLibrary", "AdamSyntax", "CAllocationCount", "CMachineLimits"],
      path: "Tests/AdamBench", exclude: ["Peers", "baseline.json"]),
    .target(
      name: "AdamTestSupport",
      dependencies: [
        "AdamSyntax", "AdamIR", "AdamPasses", "AdamLibrary", "AdamSemantics", "AdamInterpreter", "AdamKit",
      ],
      path: "Tests/AdamTestSupport"),
    .testTarget(name: "AdamSourceTests", dependencies: ["AdamSource"]),
    .testTarget(name: "AdamSyntaxTests", dependencies: ["AdamSyntax", "AdamTestSupport"]),
    .testTarget(
      name: "AdamKernelsTests",
      dependencies: ["AdamFormulas", "AdamKernelABI", "AdamKernels", "AdamKernelsV3", "AdamKernelsV4", "CFloatState"]),
    .testTarget(name: "AdamIRTests", dependencies: ["AdamIR", "AdamPasses", "AdamRuntime", "AdamTestSupport"]),
    .testTarget(name: "AdamDataTests", dependencies: ["AdamData", "AdamTestSupport"]),
    .target(name: "CAllocationCounter", path: "Tests/CAllocationCounter"),
    .testTarget(
      name: "AdamRuntimeTests",
      dependencies: ["AdamRuntime", "AdamTestSupport", "CAllocationCounter"]),
    .testTarget(name: "AdamLibraryTests", dependencies: ["AdamLibrary", "AdamKit", "AdamTestSupport"]),
    .testTarget(name: "AdamSemanticsTests", dependencies: ["AdamSemantics", "AdamKit", "AdamTestSupport"]),
    .testTarget(name: "AdamKitTests", dependencies: ["AdamKit", "AdamTestSupport"]),
    .testTarget(name: "AdamCLITests", dependencies: ["AdamKit", "AdamREPL", "AdamTestSupport"]),
    .testTarget(name: "TidyTests", dependencies: ["AdamTestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)

// Debug builds and their tests check every access for exclusivity; a release build, where each check
// costs as much as a small operation of a script, does not repeat it.
for target in package.targets where target.type != .system && !target.name.hasPrefix("AdamKernel") {
  target.swiftSettings = (target.swiftSettings ?? []) + [
    .unsafeFlags(["-enforce-exclusivity=unchecked"] + startSettings, .when(configuration: .release))
  ]
}
