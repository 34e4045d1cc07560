// Forward values and gradients against PyTorch's.
import AdamIR
import AdamPasses
import Testing

@testable import AdamRuntime

@Suite struct TorchOpTests {
  @Test func `values and gradients equal PyTorch's within each case's tolerance`() throws {
    let runtime = try Machines.single()
    var count = 0
    for fixture in try Fixtures.ops() {
      try check(fixture, runtime)
      count += 1
    }
    #expect(count > 100)
  }

  private func check(_ fixture: OpFixture, _ runtime: Runtime) throws {
    var traced = try Traced(fixture)
    let differentiated = !fixture.grads.isEmpty
    let function = differentiated ? try traced.differentiated(fixture) : traced.function
    let plan = try Plan(function, runtime)
    for (index, parameter) in function.parameters.enumerated() {
      let source =
        parameter.name == "upstream" ? fixture.upstream["y"] : fixture.inputs[parameter.name]
      if let source {
        let isTruth = function.type(parameter.value).element == .bool
        try plan.bind(index, to: try source.tensor(asTruth: isTruth))
      }
    }
    plan.run()
    for (index, result) in function.results.enumerated() {
      let name = result.name.hasSuffix(".grad") ? String(result.name.dropLast(5)) : nil
      // Among equal elements ours goes to the first; torch's amax and maximum divide it.
      if name != nil, dividesTies(fixture) { continue }
      guard let wanted = name.map({ fixture.grads[$0] }) ?? fixture.outputs[result.name] else { continue }
      compare(try plan.result(index), wanted, fixture, result.name)
    }
  }

  private func dividesTies(_ fixture: OpFixture) -> Bool {
    switch fixture.op {
    case "amax", "amin", "maximum", "minimum": fixture.inputs["x"] != nil || fixture.tol.kind == "exact"
    default: false
    }
  }

  private func compare(
    _ tensor: Tensor, _ wanted: FixtureTensor, _ fixture: OpFixture, _ name: String
  ) {
    let values = wanted.i64.map { $0.map { Float($0) } } ?? wanted.floats
    #expect(tensor.sizes == wanted.shape, "\(fixture.op) \(name)")
    for (index, (found, value)) in zip(tensor.floats, values).enumerated() {
      #expect(
        fixture.tol.accepts(found, value.flushed),
        "\(fixture.op) \(fixture.attrs) \(name)[\(index)]: \(found), not \(value)")
    }
  }
}

/// A fixture's op as a tensor function with the result `y`.
private struct Traced {
  var function: TensorFunction
  var values: [String: ValueID] = [:]
  var y = ValueID(0)

  init(_ fixture: OpFixture) throws {
    function = TensorFunction(name: fixture.op)
    for name in fixture.inputs.keys.sorted() {
      guard let input = fixture.inputs[name] else { continue }
      let element: ElementType = input.i64 == nil ? .f32 : name == "cond" ? .bool : .i32
      let isWeight = element == .f32 && fixture.grads[name] != nil
      values[name] = function.addParameter(
        TensorType(element, Shape(sizes: input.shape)), name: name,
        role: isWeight ? .parameter : .input)
    }
    y = try apply(fixture)
    function.results = [FunctionResult(y, "y")]
  }

  /// With the gradient of the sum of y·upstream (of y when it is a number).
  mutating func differentiated(_ fixture: OpFixture) throws -> TensorFunction {
    var loss = y
    if let upstream = fixture.upstream["y"] {
      let g = function.addParameter(
        TensorType(.f32, Shape(sizes: upstream.shape)), name: "upstream", role: .input)
      let product = try emit(.mul, [y, g])
      let axes = Array(upstream.shape.indices)
      loss = try emit(.sum, [product], ["axes": .ints(axes), "keepdims": .bool(false)])
    } else if function.type(y).shape.rank > 0 {
      loss = try emit(.reshape, [y], ["shape": .ints([])])
    }
    let weights = function.parameters.filter { $0.role == .parameter }.map(\.value)
    return try function.differentiated(loss: loss, wrt: weights)
  }

  private mutating func emit(
    _ op: OpDefinition, _ operands: [ValueID], _ attributes: Attributes = Attributes()
  ) throws -> ValueID {
    try #require(try function.apply(op, operands, attributes).first)
  }

  private func value(_ name: String) throws -> ValueID { try #require(values[name]) }

  private mutating func apply(_ fixture: OpFixture) throws -> ValueID {
    switch fixture.op {
    case "linear":
      let bias = values["bias"].map { [$0] } ?? []
      return try emit(.linear, [try value("x"), try value("weight")] + bias)
    case "matmul":
      return try emit(
        .matmul, [try value("a"), try value("b")],
        ["transpose_a": .bool(false), "transpose_b": .bool(false)])
    case "cross_entropy":
      let logp = try emit(.logSoftmax, [try value("x")], ["axis": .int(1)])
      return try emit(.nllLoss, [logp, try value("target")])
    case "mse_loss", "bce_with_logits", "nll_loss":
      let op = try #require(OpRegistry.standard[fixture.op])
      return try emit(op, [try value("x"), try value("target")])
    case "where":
      return try emit(.where, [try value("cond"), try value("a"), try value("b")])
    case "conv2d":
      let bias = values["bias"].map { [$0] } ?? []
      return try emit(.conv2d, [try value("x"), try value("weight")] + bias, window(fixture, "groups"))
    case "max_pool2d":
      return try emit(.maxPool2d, [try value("x")], window(fixture, "ceil_mode"))
    case "cat": return try emit(.concat, [try value("a"), try value("b")], ["axis": .int(1)])
    case "index_select":
      return try emit(.indexSelect, [try value("x"), try value("index")], ["axis": .int(0)])
    case "pow_tensor": return try emit(.pow, [try value("a"), try value("b")])
    case "slice": return try slice(fixture)
    default: return try applyOther(fixture)
    }
  }

  /// One number stands for both axes, as in torch; a pooling's stride is its window when not given.
  private func window(_ fixture: OpFixture, _ last: String) -> Attributes {
    func pair(_ name: String, _ missing: [Int]) -> [Int] {
      fixture.attrs[name]?.ints ?? fixture.attrs[name]?.int.map { [$0, $0] } ?? missing
    }
    let kernel = pair("kernel_size", [1, 1])
    let isPool = last == "ceil_mode"
    var attributes = Attributes(isPool ? [.init("kernel", .ints(kernel))] : [])
    attributes.entries += [
      .init("stride", .ints(pair("stride", isPool ? kernel : [1, 1]))),
      .init("padding", .ints(pair("padding", [0, 0]))), .init("dilation", .ints(pair("dilation", [1, 1]))),
      isPool
        ? .init(last, .bool(fixture.attrs[last]?.bool ?? false))
        : .init(last, .int(fixture.attrs[last]?.int ?? 1)),
    ]
    return attributes
  }

  private mutating func slice(_ fixture: OpFixture) throws -> ValueID {
    var result = try value("x")
    guard case .list(let slices)? = fixture.attrs["slices"] else { return result }
    for (axis, bounds) in slices.enumerated() {
      let numbers = bounds.ints ?? []
      result = try emit(
        .slice, [result],
        [
          "axis": .int(axis), "start": .int(numbers[0]), "end": .int(numbers[1]),
          "step": .int(numbers.count > 2 ? numbers[2] : 1),
        ])
    }
    return result
  }

  /// Ops of one or two operands whose attributes only need other names.
  private mutating func applyOther(_ fixture: OpFixture) throws -> ValueID {
    let names = [
      "amax": "max", "amin": "min", "permute": "transpose",
    ]
    let op = try #require(OpRegistry.standard[names[fixture.op] ?? fixture.op])
    let operands = fixture.inputs.keys.sorted().compactMap { values[$0] }
    let rank = function.type(operands[0]).shape.rank
    let dimension = fixture.attrs["dim"]
    let axes =
      (dimension?.ints ?? dimension?.int.map { [$0] } ?? Array(0..<rank)).map { $0 < 0 ? $0 + rank : $0 }
    let keep = fixture.attrs["keepdim"]?.bool ?? false
    var attributes = Attributes()
    for name in op.attributeNames where name != ChannelsLast.attribute {
      attributes.entries.append(.init(name, try attribute(name, fixture, axes, keep, rank)))
    }
    return try emit(op, operands, attributes)
  }

  private func attribute(
    _ name: String, _ fixture: OpFixture, _ axes: [Int], _ keep: Bool, _ rank: Int
  ) throws -> Attribute {
    switch name {
    case "axes": return .ints(axes)
    case "axis": return .int(axes[0])
    case "keepdims": return .bool(keep)
    case "approximate": return .string(fixture.attrs[name]?.string ?? "none")
    case "shape": return .ints(fixture.outputs["y"]?.shape ?? [])
    case "permutation":
      if let order = fixture.attrs["dims"]?.ints { return .ints(order) }
      var order = Array(0..<rank)
      order.swapAt(fixture.attrs["dim0"]?.int ?? 0, fixture.attrs["dim1"]?.int ?? 0)
      return .ints(order)
    default:
      Issue.record("no attribute \(name) for \(fixture.op)")
      return .int(0)
    }
  }
}
