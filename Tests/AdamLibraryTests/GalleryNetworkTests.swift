// The networks of scripts/iris.adam and scripts/digits.adam reach their accuracy for three seeds.
import AdamIR
import AdamTestSupport
import Testing

@testable import AdamLibrary

@Suite struct GalleryNetworkTests {
  private func accuracy(
    _ file: String, label: String, train: Double, test: Double, seed: UInt64, batch: Double, epochs: Double,
    opt: KeyValuePairs<String, Value>, model build: (LibraryBench, DataSet) throws -> Layer
  ) throws -> Double {
    let bench = try LibraryBench(seed: seed)
    let bytes = try ProjectFiles.bytes(of: "scripts/data/\(file)")
    bench.world.state.withLock { $0.files[file] = bytes }
    var data = try bench.run(
      "csv", [.string(StringBox(file))], ["label": .string(StringBox(label))])
    data = try bench.run("split", [data], ["train": .number(train), "test": .number(test)])
    data = try bench.run("batch", [try bench.run("standardize", [data]), .number(batch)])
    guard case .data(let set) = data else { return 0 }
    let model = try build(bench, set)
    try bench.run(
      "train", [.number(epochs)],
      [
        "model": .layer(model), "data": data, "loss": try bench.run("cross_entropy"),
        "opt": try bench.run("adamw", [], opt),
      ])
    let test = try set.field("test", at: testSpan)
    let result = try bench.run("eval", [], ["data": test, "model": .layer(model)])
    return result["accuracy"]?.exactNumber ?? 0
  }

  @Test(arguments: [0, 1, 2] as [UInt64])
  func `iris reaches 0.95`(seed: UInt64) throws {
    let reached = try accuracy(
      "iris.csv", label: "species", train: 0.7, test: 0.3, seed: seed, batch: 16, epochs: 60,
      opt: ["lr": .number(0.01), "weight_decay": .number(0.3)]
    ) { bench, data in try bench.network([data.featureCount, 32, 3], "tanh") }
    #expect(reached >= 0.95)
  }

  @Test(arguments: [0, 1, 2] as [UInt64])
  func `digits reaches 0.97`(seed: UInt64) throws {
    let reached = try accuracy(
      "digits.csv", label: "label", train: 0.8, test: 0.2, seed: seed, batch: 32, epochs: 40,
      opt: ["lr": .number(2e-3), "weight_decay": .number(0.05)]
    ) { bench, data in
      try #require(
        try bench.run(
          "seq",
          [
            try bench.layer("linear", 64, 256), try bench.run("relu"), try bench.layer("dropout", 0.3),
            try bench.layer("linear", 256, 10),
          ]
        ).asLayer)
    }
    #expect(reached >= 0.97)
  }
}
