// Elementwise ops: one program of micro-operations over streams, whether one op or many fused.
import AdamIR
import AdamKernelABI

/// How one elementwise op is written as a micro-operation.
struct ElementwiseForm {
  var code: ElementwiseCode
  /// Which operands are a, b, c.
  var order: [Int]
  var immediate: Float = 0
  init(_ code: ElementwiseCode, _ order: [Int], immediate: Float = 0) {
    self.code = code
    self.order = order
    self.immediate = immediate
  }
}

/// What an op's form may depend on.
struct ElementwiseContext {
  var attributes: Attributes
  var operands: [TensorType]
  var result: TensorType
  /// Operand 0 holds floats, so the float form of a comparison or choice is meant.
  var isFloat: Bool { operands.first?.element == .f32 }
}

/// The forms by op name: one line each.
enum ElementwiseForms {
  typealias Rule = @Sendable (ElementwiseContext) -> ElementwiseForm

  static let rules: [(name: String, rule: Rule)] = [
    ("neg", unary(.neg)), ("abs", unary(.abs)), ("sign", unary(.sign)), ("exp", unary(.exp)),
    ("log", unary(.log)), ("log1p", unary(.log1p)), ("sqrt", unary(.sqrt)),
    ("sin", unary(.sin)), ("cos", unary(.cos)), ("floor", unary(.floor)), ("round", unary(.round)),
    ("tanh", unary(.tanh)),
    ("sigmoid", unary(.sigmoid)), ("relu", unary(.relu)),
    ("gelu", { ElementwiseForm($0.isTanhForm ? .geluTanh : .geluErf, [0]) }),
    ("add", binary(.add)), ("sub", binary(.sub)), ("mul", binary(.mul)), ("div", binary(.div)),
    ("remainder", binary(.remainder)), ("pow", binary(.pow)),
    ("maximum", binary(.maximum)), ("minimum", binary(.minimum)),
    ("eq", binary(.eq, .eqInt)), ("ne", binary(.ne, .neInt)), ("lt", binary(.lt, .ltInt)),
    ("le", binary(.le, .leInt)), ("gt", binary(.gt, .gtInt)), ("ge", binary(.ge, .geInt)),
    ("logical_and", binary(.logicalAnd)), ("logical_or", binary(.logicalOr)),
    ("logical_not", unary(.logicalNot)),
    ("where", { _ in ElementwiseForm(.select, [0, 1, 2]) }),
    ("cast", castForm),
    ("relu_grad", binary(.reluGrad)), ("tanh_grad", binary(.tanhGrad)),
    ("sigmoid_grad", binary(.sigmoidGrad)),
    ("gelu_grad", { ElementwiseForm($0.isTanhForm ? .geluTanhGrad : .geluErfGrad, [0, 1]) }),
    ("bce_with_logits_grad",
      { ElementwiseForm(.bceWithLogitsGrad, [1, 2, 0], immediate: Float($0.count)) }),
  ]

  static let byName = Dictionary(
    rules.map { ($0.name, $0.rule) }, uniquingKeysWith: { first, _ in first })

  private static func unary(_ code: ElementwiseCode) -> Rule { { _ in ElementwiseForm(code, [0]) } }

  /// `integer` is the form for i32 and bool operands.
  private static func binary(_ code: ElementwiseCode, _ integer: ElementwiseCode? = nil) -> Rule {
    { ElementwiseForm($0.isFloat ? code : integer ?? code, [0, 1]) }
  }

  private static let castForm: Rule = { context in
    switch (context.operands.first?.element ?? .f32, context.result.element) {
    case (.f32, .i32): ElementwiseForm(.floatToInt, [0])
    case (.f32, .bool): ElementwiseForm(.floatToBool, [0])
    case (.i32, .f32), (.bool, .f32): ElementwiseForm(.intToFloat, [0])
    case (.i32, .bool): ElementwiseForm(.intToBool, [0])
    case (.f32, .f32), (.i32, .i32), (.bool, .bool), (.bool, .i32): ElementwiseForm(.copy, [0])
    }
  }
}

extension ElementwiseContext {
  fileprivate var isTanhForm: Bool { attributes.string("approximate") == "tanh" }
  /// Elements of the result, as losses average over them; at least 1.
  fileprivate var count: Double { Double(max(1, result.shape.elementCount ?? 1)) }
}

/// A tree of micro-operations before registers are chosen.
struct ElementwiseProgram {
  enum Source: Hashable {
    case input(Int)
    case constant(UInt32)
    case node(Int)
  }
  struct Node {
    var form: ElementwiseForm
    /// In the order a, b, c.
    var sources: [Source]
  }
  var inputs: [ValueID] = []
  var nodes: [Node] = []
  /// In the order of the operation's results.
  var outputs: [Source] = []

  /// The source of a value: a constant where the plan knows it, else an input stream.
  mutating func source(of value: ValueID, constants: [ValueID: Float]) -> Source {
    if let constant = constants[value] { return .constant(constant.bitPattern) }
    if let index = inputs.firstIndex(of: value) { return .input(index) }
    inputs.append(value)
    return .input(inputs.count - 1)
  }
}

extension EmitterTable {
  static let elementwise: [Emitter] = ElementwiseForms.rules.map { name, rule in
    Emitter(name, rows: .alike) { e throws(RuntimeError) in
      var program = ElementwiseProgram()
      let operation = e.operation
      let form = rule(e.elementwiseContext)
      let sources = form.order.map {
        program.source(of: operation.operands[$0], constants: e.constants)
      }
      program.nodes = [ElementwiseProgram.Node(form: form, sources: sources)]
      program.outputs = [.node(0)]
      try emitElementwise(&e, program)
    }
  }
}

/// A fused operation: its steps are the nodes, in order; the last one is the result.
@Sendable func emitFused(_ e: inout Emission) throws(RuntimeError) {
  try emitElementwise(&e, try e.fusedProgram(hasSource: false))
}

extension Emission {
  /// The steps of the operation's body. With `hasSource` the first step is another operation's: what it
  /// computes is the first input, in the place of the result.
  func fusedProgram(hasSource: Bool) throws(RuntimeError) -> ElementwiseProgram {
    guard let body = attributes.body("body") else { throw .plan("a fused loop without a body") }
    let operandTypes = operation.operands.map { function.type($0) }
    let stepTypes: [TensorType]
    do { stepTypes = try body.stepTypes(operandTypes, hasSource: hasSource) } catch { throw .shape(error) }
    var program = ElementwiseProgram()
    let first = hasSource ? 1 : 0
    if hasSource { program.inputs = [operation.results[0]] }
    for (step, result) in zip(body.steps, stepTypes).dropFirst(first) {
      guard let rule = ElementwiseForms.byName[step.op.name] else {
        throw .plan("no elementwise form for `\(step.op.name)`")
      }
      var sources: [ElementwiseProgram.Source] = []
      var types: [TensorType] = []
      for argument in step.arguments {
        switch argument {
        case .operand(let i):
          sources.append(program.source(of: operation.operands[i], constants: constants))
          types.append(operandTypes[i])
        case .step(let i):
          sources.append(i < first ? .input(0) : .node(i - first))
          types.append(stepTypes[i])
        case .scalar(let value):
          sources.append(.constant(Float(value).flushed.bitPattern))
          types.append(TensorType(.f32, .scalar))
        }
      }
      let form = rule(ElementwiseContext(attributes: step.attributes, operands: types, result: result))
      program.nodes.append(.init(form: form, sources: form.order.map { sources[$0] }))
    }
    program.outputs = [.node(program.nodes.count - 1)]
    return program
  }

  var elementwiseContext: ElementwiseContext {
    let types = operation.operands.map { function.type($0) }
    return ElementwiseContext(
      attributes: attributes, operands: types, result: function.type(operation.results[0]))
  }
}

/// The arguments of a call of the elementwise kernel that are no addresses, and what it reads.
struct ElementwiseCall {
  var steps: Place
  var streams: Place
  var arguments = KernelArguments()
  var count: Int
  /// Estimated nanoseconds.
  var cost: Double
}

/// One call of the elementwise kernel for `program`, whose results are those of the operation.
func emitElementwise(_ e: inout Emission, _ program: ElementwiseProgram) throws(RuntimeError) {
  guard e.resultCount() > 0 else { return }
  let call = try elementwiseCall(&e, program)
  let units = KernelTable.chunks(call.count)
  e.emit(e.kernels.elementwise, [call.steps, call.streams], units: units, cost: call.cost) {
    $0 = call.arguments
  }
}

func elementwiseCall(
  _ e: inout Emission, _ program: ElementwiseProgram
) throws(RuntimeError) -> ElementwiseCall {
  let sizes = e.resultSizes()
  let shapes = program.inputs.map { e.type($0).shape.sizes ?? [] }
  var places: [Place] = []
  for value in program.inputs { places.append(e.place(of: value)) }
  var layout = BroadcastLayout(of: shapes, in: sizes)
  if layout == nil {
    // More than a row and a column pattern: stretched operands are written out first.
    for (index, shape) in shapes.enumerated() where shape.reduce(1, *) > 1 && shape != sizes {
      places[index] = try stretch(&e, places[index], shape, to: sizes)
    }
    let written = shapes.map { $0.reduce(1, *) > 1 ? sizes : $0 }
    layout = BroadcastLayout(of: written, in: sizes)
  }
  guard let layout else { throw .plan("no layout for an elementwise operation") }
  return try elementwiseCall(&e, program, places, layout)
}

private func elementwiseCall(
  _ e: inout Emission, _ program: ElementwiseProgram, _ places: [Place], _ layout: BroadcastLayout
) throws(RuntimeError) -> ElementwiseCall {
  var streams: [TableBuilder.Stream] = []
  for (place, strides) in zip(places, layout.strides) {
    streams.append(.init(place: place, rowStride: strides.row, columnStride: strides.column))
  }
  for index in program.outputs.indices {
    streams.append(.init(place: e.result(index), rowStride: layout.columns, columnStride: 1))
  }
  let steps = try RegisterAllocation.microOps(of: program)
  let count = layout.rows * layout.columns
  let cost = Double(count) * (0.05 * Double(streams.count) + Double(program.weight) * 0.05)
  var call = ElementwiseCall(
    steps: e.tables.store(steps), streams: e.tables.store(streams), count: count, cost: cost)
  (call.arguments.n0, call.arguments.n1, call.arguments.n2) = (steps.count, places.count, program.outputs.count)
  (call.arguments.n3, call.arguments.n4) = (layout.rows, layout.columns)
  call.arguments.n5 = 1 + max(places.count + program.outputs.count - 1, steps.map(\.highestRegister).max() ?? 0)
  return call
}

extension MicroOp {
  fileprivate var highestRegister: Int { [dst, a, b, c].map { Int($0) }.max() ?? 0 }
}

extension ElementwiseProgram {
  /// Rough work per element: a transcendental function counts as eight simple steps.
  var weight: Int { nodes.reduce(0) { $0 + ($1.form.code.isTranscendental ? 8 : 1) } }
}

extension ElementwiseCode {
  var isTranscendental: Bool {
    switch self {
    case .exp, .log, .sin, .cos, .tanh, .sigmoid, .geluErf, .geluTanh, .erf, .expm1, .log1p, .pow,
      .powScalar, .remainder, .geluErfGrad, .geluTanhGrad, .bceWithLogits, .bceWithLogitsGrad:
      true
    default: false
    }
  }
}
