// A saved model is built again from its file alone; what a file says is never believed.
import AdamIR
import AdamSource
import Testing

@testable import AdamLibrary

@Suite struct ModelFileTests {
  private let path = Value.string(StringBox("m.safetensors"))

  @Test func `load without a model builds the saved one, settings and shared layers too`() throws {
    let bench = try LibraryBench()
    let shared = try bench.layer("linear", 2, 2)
    let drop = try bench.run("dropout", [.number(0.25)])
    let model = try bench.run("seq", [shared, drop, bench.run("relu"), shared])
    try bench.run("save", [model, path])
    var before = bench.session.generator
    let built = try #require(try bench.run("load", [path]).asLayer)
    let original = try #require(model.asLayer)
    #expect(built.architecture == original.architecture)
    #expect(built.architecture == "seq(linear(in=2,out=2),dropout(p=0.25),relu(),#1)")
    #expect(built.children[0].layer === built.children[3].layer)
    let bits = { (layer: Layer) in
      layer.namedParameters.flatMap { $0.parameter.tensor?.floats.map(\.bitPattern) ?? [] }
    }
    #expect(bits(built) == bits(original) && bits(built).count == 6)
    // Building draws nothing.
    var after = bench.session.generator
    #expect(before.nextUInt64() == after.nextUInt64())
  }

  @Test(
    "a damaged text of a model is an error",
    arguments: [
      "", "seq(", "seq(linear(in=2,out=2)", "linear(in=2,out=2)x", "linear(in=-1,out=2)", "linear(in=2)",
      "linear(in=2,out=nan)", "nope()", "seq(#0)", "seq(#9)", "seq(linear(in=2,out=3),linear(in=2,out=3))",
      "linear(in=1e300,out=1)", "dropout(p=2)", "linear(in=[[[", "csv(path=1)", "linear(in=2,out=2,bias=3)",
    ])
  func damaged(_ text: String) {
    #expect(throws: Diagnostic.self) { try Layer.build(text, at: testSpan) }
  }

  @Test func `deep texts end`() {
    for unit in ["seq(", "linear(in=["] {
      let text = String(repeating: unit, count: 100_000)
      #expect(throws: Diagnostic.self) { try Layer.build(text, at: testSpan) }
    }
  }
}
