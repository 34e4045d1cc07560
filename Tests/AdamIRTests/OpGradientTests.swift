// Derivatives of every op on random shapes, to the second order, in Double and as the kernels compute
// them. An op without a gradient, or one whose gradient has none, fails by its name.
import AdamIR
import AdamRuntime
import AdamTestSupport
import Testing

@Suite struct OpGradientTests {
  /// Ops whose results are real and depend on real operands. What fusion makes is never differentiated.
  static let real = OpRegistry.all.filter { op in
    guard op.reference != nil, !op.traits.contains(.fused), let sample = OpSample.of(op)?.first,
      let types = try? op.inferTypes(sample.operands, sample.attributes)
    else { return false }
    return types.first?.element == .f32 && sample.operands.contains { $0.element == .f32 }
  }

  @Test(arguments: real.map(\.name)) func `derivatives agree with differences`(name: String) throws {
    let op = try #require(OpRegistry.standard[name])
    try #require(op.pullback != nil, "\(name) has no gradient")
    let runtime = try Runtime(RuntimeOptions(threads: 1))
    for number in 0..<6 {
      var draws = ProbeDraws(name, number)
      let sample = try #require(OpSample.random(op, &draws))
      let types = try op.inferTypes(sample.operands, sample.attributes)
      guard types[0].element == .f32, sample.operands.contains(where: { $0.element == .f32 }) else { continue }
      var probe = try probe(op, sample, &draws)
      let place = "\(name)\(sample.operands.map(\.text)) \(sample.attributes.entries)"
      #expect(try probe.firstOrder(runtime: runtime) == [], "\(place)")
      do { #expect(try probe.secondOrder() == [], "\(place)") } catch {
        Issue.record("\(name) has no second derivative: \(error)")
      }
    }
  }

  /// The loss weighs the results' elements, so that each counts differently.
  private func probe(
    _ op: OpDefinition, _ sample: OpSample, _ draws: inout ProbeDraws
  ) throws -> GradientProbe {
    var function = TensorFunction(name: op.name)
    let operands = sample.operands.enumerated().map { index, type in
      function.addParameter(type, name: "p\(index)", role: type.element == .f32 ? .parameter : .input)
    }
    var arguments = sample.operands.map { draws.tensor($0, sample.range, labels: sample.labels) }
    let result = try function.apply(op, operands, sample.attributes)[0]
    let weights = function.addParameter(function.type(result), name: "w", role: .input)
    arguments.append(draws.tensor(function.type(result), 0.5...1.5, labels: 2))
    let weighted = try function.emit(.mul, [result, weights])
    let axes = Array(function.type(result).shape.dimensions.indices)
    let loss = try function.emit(.sum, [weighted], ["axes": .ints(axes), "keepdims": .bool(false)])
    function.results = [FunctionResult(loss, "loss")]
    return GradientProbe(function, arguments, name: op.name)
  }
}
