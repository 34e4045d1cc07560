// From the values of a call to what a trace of it depends on. Whatever is not certain is refused: the
// call is then traced each time.
import AdamIR
import AdamRuntime
import AdamSource

struct PatternRecorder {
  private let context: any ExecutionContext
  private let span: Span
  /// In the order in which they are reached.
  private(set) var tensors: [Tensor] = []
  private(set) var parameters: [LayerParameter] = []
  private var layers: [Layer] = []
  private var layerPatterns: [LayerPattern?] = []
  private var slots: [Int] = []
  private var leaves = 0
  private var left = mostValues

  /// Looking at more values would cost what tracing costs.
  private static let mostValues = 2000
  private static let mostTensors = 64
  private static let mostDepth = 32

  private struct Refused: Error {}

  init(_ context: any ExecutionContext, at span: Span) {
    self.context = context
    self.span = span
  }

  /// nil when a trace of the call could not be used again.
  mutating func pattern(of call: DifferentiatedCall) -> CallPattern? {
    do throws(Refused) { return try all(call) } catch { return nil }
  }

  private mutating func all(_ call: DifferentiatedCall) throws(Refused) -> CallPattern {
    let function = try pattern(call.function, 0)
    let first = try argument(call.first, 0)
    let rest = try patterns(call.rest, 0)
    var keywords: [(name: String?, pattern: ValuePattern)] = []
    for given in call.keywords { keywords.append((given.name, try pattern(given.value, 0))) }
    var variables: [(slot: Int, pattern: ValuePattern)] = []
    // Functions among the variables read further ones.
    while variables.count < slots.count {
      let slot = slots[variables.count]
      variables.append((slot, try pattern(context.variable(at: slot), 0)))
    }
    return CallPattern(
      function: function, first: first, rest: rest, keywords: keywords, variables: variables,
      layers: layerPatterns.compactMap(\.self),
      parameters: parameters.map { .init(parameter: Pin($0), isFrozen: $0.isFrozen) },
      depth: context.callDepth, modelsTrain: context.session.modelsTrain)
  }

  // MARK: Values

  private mutating func patterns(_ values: some Sequence<Value>, _ depth: Int) throws(Refused) -> [ValuePattern] {
    var result: [ValuePattern] = []
    for value in values { result.append(try pattern(value, depth)) }
    return result
  }

  private mutating func count(_ depth: Int) throws(Refused) {
    left -= 1
    if left < 0 || depth > Self.mostDepth { throw Refused() }
  }

  private mutating func pattern(_ value: Value, _ depth: Int) throws(Refused) -> ValuePattern {
    try count(depth)
    switch value {
    case .unset: return .unset
    case .none: return .none
    case .bool(let value): return .bool(value)
    case .number(let number): return .number(number.bitPattern)
    case .string(let box): return .string(box.text)
    case .range(let box):
      return .range(lower: box.lower.bitPattern, upper: box.upper.bitPattern, isClosed: box.isClosed)
    case .tensor(let tensor): return try self.tensor(tensor)
    case .parameter(let parameter): return .parameter(try place(of: parameter))
    case .layer(let layer): return .layer(try place(of: layer, depth))
    case .list(let box): return .list(try patterns(box.elements, depth + 1))
    case .tuple(let box): return .tuple(try patterns(box.elements, depth + 1))
    case .record(let box):
      return .record(
        kind: box.kind, names: box.fields.map(\.name), try patterns(box.fields.lazy.map(\.value), depth + 1))
    case .function(let closure): return .function(try function(closure, depth))
    case .builtin(let builtin): return try self.builtin(builtin, depth)
    case .traced, .optimizer, .data, .hook: throw Refused()
    }
  }

  private mutating func tensor(_ tensor: Tensor) throws(Refused) -> ValuePattern {
    if tensor.sizes.isEmpty { return .scalar(TensorPattern(tensor), word: tensor.pointer.load(as: UInt32.self)) }
    if let known = tensors.firstIndex(where: { $0 === tensor }) { return .tensor(known, TensorPattern(tensor)) }
    guard tensors.count < Self.mostTensors else { throw Refused() }
    tensors.append(tensor)
    return .tensor(tensors.count - 1, TensorPattern(tensor))
  }

  private mutating func builtin(_ builtin: ConfiguredBuiltin, _ depth: Int) throws(Refused) -> ValuePattern {
    guard builtin.definition.family.allSatisfy(\.isTraceable) else { throw Refused() }
    return .builtin(
      name: builtin.definition.name, settings: builtin.settings.map(\.name),
      try patterns(builtin.settings.lazy.map(\.value), depth + 1))
  }

  private mutating func function(_ closure: Closure, _ depth: Int) throws(Refused) -> FunctionPattern {
    guard let reads = context.reads(of: closure), !reads.hasEffects, let code = closure.code else { throw Refused() }
    for slot in reads.slots where !slots.contains(slot) { slots.append(slot) }
    var captures: [(register: Register, pattern: ValuePattern)] = []
    for capture in closure.captures { captures.append((capture.register, try pattern(capture.value, depth + 1))) }
    var defaults: [(parameter: Int, pattern: ValuePattern)] = []
    for item in closure.defaults { defaults.append((item.parameter, try pattern(item.value, depth + 1))) }
    return FunctionPattern(code: code, function: closure.function, captures: captures, defaults: defaults)
  }

  // MARK: Layers

  private mutating func place(of parameter: LayerParameter) throws(Refused) -> Int {
    if let known = parameters.firstIndex(where: { $0 === parameter }) { return known }
    guard parameter.tensor != nil, parameters.count < Self.mostValues else { throw Refused() }
    parameters.append(parameter)
    return parameters.count - 1
  }

  private mutating func place(of layer: Layer, _ depth: Int) throws(Refused) -> Int {
    try count(depth)
    if let known = layers.firstIndex(where: { $0 === layer }) { return known }
    guard layer.settings.entries.allSatisfy({ $0.value?.isFixed ?? true }) else { throw Refused() }
    let place = layers.count
    layers.append(layer)
    layerPatterns.append(nil)
    var parameters: [Int] = []
    for parameter in layer.parameters { parameters.append(try self.place(of: parameter)) }
    var children: [Int] = []
    for child in layer.children { children.append(try self.place(of: child.layer, depth + 1)) }
    let function: ValuePattern
    switch layer.function {
    case nil: function = .none
    case .closure(let closure): function = .function(try self.function(closure, depth + 1))
    case .builtin(let builtin): function = try self.builtin(builtin, depth + 1)
    case .abstract: throw Refused()
    }
    layerPatterns[place] = LayerPattern(
      layer: Pin(layer), parameters: parameters, children: children, function: function)
    return place
  }

  // MARK: The first argument

  /// What is differentiated by, in the structure of `Gradient`.
  private mutating func argument(_ value: Value, _ depth: Int) throws(Refused) -> ValuePattern {
    try count(depth)
    switch value {
    case .layer, .traced, .parameter: return try pattern(value, depth)
    case .record(let box):
      return .record(
        kind: box.kind, names: box.fields.map(\.name), try arguments(box.fields.lazy.map(\.value), depth + 1))
    case .tuple(let box): return .tuple(try arguments(box.elements, depth + 1))
    case .list(let box) where value.isListOfParts: return .parts(try arguments(box.elements, depth + 1))
    default:
      guard let tensor = value.leaf(context.session, at: span) else { throw Refused() }
      leaves += 1
      return .leaf(leaves - 1, TensorPattern(tensor), isNumber: value.exactNumber != nil)
    }
  }

  private mutating func arguments(_ values: some Sequence<Value>, _ depth: Int) throws(Refused) -> [ValuePattern] {
    var result: [ValuePattern] = []
    for value in values { result.append(try argument(value, depth)) }
    return result
  }
}

extension Value {
  /// The f32 tensor of what is differentiated by; nil for what is none.
  func leaf(_ session: SessionState, at span: Span) -> Tensor? {
    guard fit(.tensorLike) == .yes,
      case .tensor(let tensor)? = try? TensorArithmetic(session).real(self, at: span)
    else {
      return nil
    }
    return tensor
  }
}

extension AbstractValue {
  /// A setting that never changes and leads nowhere.
  fileprivate var isFixed: Bool {
    guard case .known(let value) = self else { return false }
    return value.isFixed
  }
}

extension Value {
  fileprivate var isFixed: Bool {
    switch self {
    case .none, .bool, .number, .string: true
    case .list(let box): box.elements.allSatisfy(\.isScalar)
    case .tuple(let box): box.elements.allSatisfy(\.isScalar)
    default: false
    }
  }
}

extension BuiltinDefinition {
  /// What it gives and appends to a trace follows from its arguments; what it draws or reads beside that
  /// is found while the trace is made.
  fileprivate var isTraceable: Bool {
    isPure || ["layer", "loss", "math", "tensor", "random"].contains(group) || GradientBuiltins.isApplied(self)
  }
}
