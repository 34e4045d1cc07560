// Whole training steps: the notebook's table, fusion, allocations, losses that are not finite.
import AdamData
import AdamFormulas
import AdamIR
import AdamPasses
import CAllocationCounter
import Testing

@testable import AdamRuntime

/// A relu network with one hidden layer, mean squared error and Adam, ready to step.
private struct Network {
  let runner: StepRunner
  let losses: Tensor
  let order: Tensor

  /// `steps` is how many scalars are computed ahead.
  init(
    _ runtime: Runtime, hidden: Int = 16, rows: Int = 1, steps: Int, isFused: Bool = true,
    dropout: Double = 0
  ) throws {
    let forward = try Network.forward(hidden: hidden, rows: rows, dropout: dropout)
    let update = OptimizerUpdate(.adam, slots: ["m", "v"], scalarCount: OptimizerRules.scalarCount)
    var pipeline = Pipeline.training(update)
    if !isFused { pipeline.entries.removeAll { $0.pass.name == Pass.fuseElementwise.name } }
    let function = try pipeline.run(forward)
    let random = RandomSource(Generator(seed: 0))
    let plan = try Plan(function, runtime, random: random)
    for (index, parameter) in function.parameters.enumerated() where parameter.role == .parameter {
      let sizes = function.type(parameter.value).shape.sizes ?? []
      let tensor = try #require(plan.parameter(index))
      let fan = parameter.name.hasPrefix("0") ? 2 : hidden
      let shape = sizes.count == 2 ? sizes : [sizes[0], fan]
      let values: InitialValues =
        sizes.count == 2 ? .defaultWeight : .defaultBias(weightShape: shape)
      let buffer = UnsafeMutableBufferPointer(
        start: tensor.pointer.assumingMemoryBound(to: Float.self), count: tensor.elementCount)
      values.fill(buffer, shape: sizes, generator: &random.generator)
    }
    runner = StepRunner(plan)
    losses = try Tensor(.f32, [steps])
    order = try Tensor(
      [steps * rows], integers: (0..<steps).flatMap { _ in (0..<rows).map { Int32($0) } })
    try feed(steps: steps, rows: rows)
  }

  private func feed(steps: Int, rows: Int) throws {
    let plan = runner.plan
    var (x, y): ([Float], [Float]) = ([], [])
    for row in 0..<rows {
      x += [1 + Float(row) * 0.5, 2 - Float(row) * 0.25]
      y.append(Float(1 + row % 3))
    }
    try runner.feedRows(
      try #require(plan.parameterIndex("x")), from: try Tensor([rows, 2], floats: x))
    try runner.feedRows(
      try #require(plan.parameterIndex("y")), from: try Tensor([rows, 1], floats: y))
    var scalars: [Float] = []
    for step in 1...steps { scalars += Adam.scalars(Adam.defaultHyper, step: step).map { Float($0) } }
    try runner.feedSteps(
      try #require(plan.parameterIndex("scalars")),
      from: try Tensor([steps, OptimizerRules.scalarCount], floats: scalars))
  }

  private static func forward(hidden: Int, rows: Int, dropout: Double) throws -> TensorFunction {
    var f = TensorFunction(name: "train_step")
    let w0 = f.addParameter(.f32(hidden, 2), name: "0.weight", role: .parameter)
    let b0 = f.addParameter(.f32(hidden), name: "0.bias", role: .parameter)
    let w2 = f.addParameter(.f32(1, hidden), name: "2.weight", role: .parameter)
    let b2 = f.addParameter(.f32(1), name: "2.bias", role: .parameter)
    let x = f.addParameter(.f32(rows, 2), name: "x", role: .input)
    let y = f.addParameter(.f32(rows, 1), name: "y", role: .target)
    var h = try f.emit(.relu, [try f.emit(.linear, [x, w0, b0])])
    if dropout > 0 {
      let mask = try f.emit(.dropoutMask, [h], ["p": .float(dropout)])
      h = try f.emit(.mul, [h, mask])
    }
    let out = try f.emit(.linear, [h, w2, b2])
    f.results = [FunctionResult(try f.emit(.mseLoss, [out, y]), "loss")]
    return f
  }

  func weights() -> [[UInt32]] {
    let plan = runner.plan
    return plan.function.parameters.indices
      .filter { plan.function.parameters[$0].role != .input }
      .map { plan.parameter($0)?.bits ?? [] }
  }
}

@Suite struct TrainingTests {
  @Test func `the notebook's ten losses come out to six digits on every machine`() throws {
    let table: [Int: Double] = [
      5: 0.809774, 10: 0.721449, 15: 0.638959, 20: 0.562460, 25: 0.491979, 30: 0.428558,
      35: 0.372196, 40: 0.320848, 45: 0.274360, 50: 0.232563,
    ]
    var first: [[UInt32]]?
    for machine in try Machines.all() {
      let network = try Network(machine, steps: 50)
      let outcome = try network.runner.run(steps: 50, order: network.order, losses: network.losses)
      #expect(outcome == StepOutcome(completed: 50, nonFiniteLoss: nil))
      for (epoch, wanted) in table {
        let loss = network.losses.number(at: epoch - 1) ?? .nan
        #expect(abs(loss - wanted) < 5.0001e-7, "epoch \(epoch): \(loss)")
      }
      first = first ?? network.weights()
      #expect(network.weights() == first, "\(machine.isa) × \(machine.threads)")
    }
  }

  @Test(arguments: [0, 0.5])
  func `a step allocates nothing between steps 10 and 1,010`(dropout: Double) throws {
    let network = try Network(try Machines.single(), rows: 4, steps: 1_010, dropout: dropout)
    _ = try network.runner.run(steps: 10, order: network.order, losses: network.losses)
    let before = adam_allocation_count()
    _ = try network.runner.run(
      steps: 1_000, order: network.order, orderStart: 40, stepStart: 10, losses: network.losses,
      lossStart: 10)
    #expect(adam_allocation_count() - before == 0)
    let counted = adam_allocation_count()
    withExtendedLifetime([Int](repeating: 1, count: Int(counted % 7) + 50)) {}
    #expect(adam_allocation_count() > counted, "the counter itself must count")
  }

  @Test func `fusion changes no bit`() throws {
    for rows in [1, 33] {
      let fused = try Network(try Machines.single(), rows: rows, steps: 30, dropout: 0.3)
      let plain = try Network(
        try Machines.single(), rows: rows, steps: 30, isFused: false, dropout: 0.3)
      for network in [fused, plain] {
        _ = try network.runner.run(steps: 30, order: network.order, losses: network.losses)
      }
      #expect(fused.losses.bits == plain.losses.bits)
      #expect(fused.weights() == plain.weights())
    }
  }

  @Test func `a run cut into pieces gives the bits of one run`() throws {
    let whole = try Network(try Machines.single(), rows: 3, steps: 20)
    let parts = try Network(try Machines.single(), rows: 3, steps: 20)
    _ = try whole.runner.run(steps: 20, order: whole.order, losses: whole.losses)
    for start in stride(from: 0, to: 20, by: 4) {
      _ = try parts.runner.run(
        steps: 4, order: parts.order, orderStart: start * 3, stepStart: start,
        losses: parts.losses, lossStart: start)
    }
    #expect(whole.losses.bits == parts.losses.bits)
    #expect(whole.weights() == parts.weights())
  }

  @Test func `a loss that is not finite is found before the update`() throws {
    let network = try Network(try Machines.single(), steps: 10)
    _ = try network.runner.run(steps: 3, order: network.order, losses: network.losses)
    let before = network.weights()
    let x = try #require(network.runner.plan.parameterIndex("x"))
    try network.runner.feedRows(x, from: try Tensor([1, 2], floats: [.infinity, 1]))
    let outcome = try network.runner.run(
      steps: 5, order: network.order, stepStart: 3, losses: network.losses, lossStart: 3)
    #expect(outcome.completed == 0)
    #expect(outcome.nonFiniteLoss?.isFinite == false)
    let after = network.weights()
    // The target and the scalars are fed anew; weights and state are the last good ones.
    let changed = zip(before, after).enumerated().filter { $0.element.0 != $0.element.1 }
    let roles = network.runner.plan.function.parameters.filter { $0.role != .input }.map(\.role)
    #expect(changed.allSatisfy { roles[$0.offset] == .scalars || roles[$0.offset] == .target })
  }

  @Test func `a row number outside the data is an error value`() throws {
    let network = try Network(try Machines.single(), rows: 2, steps: 4)
    let order = try Tensor([8], integers: [0, 1, 0, 2, 0, 1, 0, 1])
    #expect(throws: RuntimeError.index(position: 3, value: 2, size: 2)) {
      try network.runner.run(steps: 4, order: order, losses: network.losses)
    }
  }

  @Test func `asking for more steps than there is room for is an error value`() throws {
    let network = try Network(try Machines.single(), steps: 4)
    #expect(throws: RuntimeError.self) {
      try network.runner.run(steps: 5, order: network.order, losses: network.losses)
    }
  }

  @Test func `the host's float state is as before after a run`() throws {
    let network = try Network(try Machines.single(), steps: 1)
    _ = try network.runner.run(steps: 1, order: network.order, losses: network.losses)
    let tiny = Float.leastNormalMagnitude * Float(network.losses.elementCount)
    #expect(tiny / 4 > 0, "subnormals live outside the kernels")
  }

  @Test func `masks come from the session's generator in order`() throws {
    let random = RandomSource(Generator(seed: 5))
    let engine = TensorEngine(try Machines.single(), random: random)
    let mask = try engine.apply(.dropoutMask, [try Tensor(.f32, [3, 5])], ["p": .float(0.25)])
    var generator = Generator(seed: 5)
    var wanted = [Float](repeating: 0, count: 15)
    wanted.withUnsafeMutableBufferPointer { generator.fillDropoutScale($0, p: 0.25) }
    #expect(mask[0].floats == wanted)
    #expect(random.generator.state == generator.state)
  }
}
