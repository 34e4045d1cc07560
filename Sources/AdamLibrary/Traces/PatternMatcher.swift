// Holds the values of a call against what a trace depended on, and collects what its plan is bound to.
import AdamIR
import AdamRuntime
import AdamSource

struct PatternMatcher {
  private let context: any ExecutionContext
  private let span: Span
  private let pattern: CallPattern
  /// In the order in which they are reached.
  private(set) var tensors: [Tensor] = []
  private(set) var parameters: [LayerParameter] = []
  private(set) var leaves: [Tensor] = []
  private var layers: [Layer] = []

  init(_ pattern: CallPattern, _ context: any ExecutionContext, at span: Span) {
    self.pattern = pattern
    self.context = context
    self.span = span
  }

  mutating func matches(_ call: DifferentiatedCall) -> Bool {
    guard context.callDepth <= pattern.depth, context.session.modelsTrain == pattern.modelsTrain,
      call.rest.count == pattern.rest.count,
      call.keywords.count == pattern.keywords.count, matches(call.function, pattern.function),
      matches(call.first, pattern.first), matches(call.rest, pattern.rest)
    else { return false }
    for (given, wanted) in zip(call.keywords, pattern.keywords) {
      guard given.name == wanted.name, matches(given.value, wanted.pattern) else { return false }
    }
    for variable in pattern.variables {
      guard matches(context.variable(at: variable.slot), variable.pattern) else { return false }
    }
    return true
  }

  // MARK: Values

  private mutating func matches(_ values: some Collection<Value>, _ patterns: [ValuePattern]) -> Bool {
    guard values.count == patterns.count else { return false }
    for (value, pattern) in zip(values, patterns) {
      guard matches(value, pattern) else { return false }
    }
    return true
  }

  private mutating func matches(_ value: Value, _ pattern: ValuePattern) -> Bool {
    switch (pattern, value) {
    case (.unset, .unset), (.none, .none): true
    case (.bool(let wanted), .bool(let found)): found == wanted
    case (.number(let wanted), .number(let found)): found.bitPattern == wanted
    case (.string(let wanted), .string(let found)): found.text == wanted
    case (.range(let lower, let upper, let isClosed), .range(let found)):
      found.lower.bitPattern == lower && found.upper.bitPattern == upper && found.isClosed == isClosed
    case (.scalar(let wanted, let word), .tensor(let found)):
      wanted.matches(found) && found.pointer.load(as: UInt32.self) == word
    case (.tensor(let place, let wanted), .tensor(let found)): matches(found, place, wanted)
    case (.list(let wanted), .list(let found)): matches(found.elements, wanted)
    case (.tuple(let wanted), .tuple(let found)): matches(found.elements, wanted)
    case (.record(let kind, let names, let wanted), .record(let found)):
      found.kind == kind && matches(found.fields, names, wanted)
    case (.builtin(let name, let settings, let wanted), .builtin(let found)):
      found.definition.name == name && matches(found.settings, settings, wanted)
    case (.function(let wanted), .function(let found)): matches(found, wanted)
    case (.layer(let place), .layer(let found)): matches(found, place)
    case (.parameter(let place), .parameter(let found)): matches(found, place)
    case (.leaf(_, let wanted, let isNumber), _): matchesLeaf(value, wanted, isNumber)
    case (.parts(let wanted), .list(let found)): value.isListOfParts && matches(found.elements, wanted)
    default: false
    }
  }

  private mutating func matches(_ fields: [RecordBox.Field], _ names: [String], _ patterns: [ValuePattern]) -> Bool {
    guard fields.count == names.count else { return false }
    for index in fields.indices {
      guard fields[index].name == names[index], matches(fields[index].value, patterns[index]) else { return false }
    }
    return true
  }

  /// Tensors that were one must be one again, and others must be others.
  private mutating func matches(_ tensor: Tensor, _ place: Int, _ wanted: TensorPattern) -> Bool {
    guard wanted.matches(tensor) else { return false }
    let known = tensors.firstIndex { $0 === tensor }
    guard place == tensors.count else { return known == place }
    tensors.append(tensor)
    return known == nil
  }

  private mutating func matches(_ closure: Closure, _ wanted: FunctionPattern) -> Bool {
    guard closure.code === wanted.code, closure.function == wanted.function,
      closure.captures.count == wanted.captures.count, closure.defaults.count == wanted.defaults.count
    else { return false }
    for (found, wanted) in zip(closure.captures, wanted.captures) {
      guard found.register == wanted.register, matches(found.value, wanted.pattern) else { return false }
    }
    for (found, wanted) in zip(closure.defaults, wanted.defaults) {
      guard found.parameter == wanted.parameter, matches(found.value, wanted.pattern) else { return false }
    }
    return true
  }

  private mutating func matchesLeaf(_ value: Value, _ wanted: TensorPattern, _ isNumber: Bool) -> Bool {
    guard !value.isListOfParts, (value.exactNumber != nil) == isNumber,
      let tensor = value.leaf(context.session, at: span), wanted.matches(tensor)
    else { return false }
    leaves.append(tensor)
    return true
  }

  // MARK: Layers

  private mutating func matches(_ parameter: LayerParameter, _ place: Int) -> Bool {
    if place < parameters.count { return parameters[place] === parameter }
    let wanted = pattern.parameters[place]
    guard wanted.parameter.holds(parameter), parameter.isFrozen == wanted.isFrozen, parameter.tensor != nil else {
      return false
    }
    parameters.append(parameter)
    return true
  }

  private mutating func matches(_ layer: Layer, _ place: Int) -> Bool {
    if place < layers.count { return layers[place] === layer }
    let wanted = pattern.layers[place]
    guard wanted.layer.holds(layer), layer.parameters.count == wanted.parameters.count,
      layer.children.count == wanted.children.count
    else { return false }
    layers.append(layer)
    for (parameter, place) in zip(layer.parameters, wanted.parameters) {
      guard matches(parameter, place) else { return false }
    }
    for (child, place) in zip(layer.children, wanted.children) {
      guard matches(child.layer, place) else { return false }
    }
    return switch layer.function {
    case nil: matches(Value.none, wanted.function)
    case .closure(let closure): matches(.function(closure), wanted.function)
    case .builtin(let builtin): matches(.builtin(builtin), wanted.function)
    case .abstract: false
    }
  }
}
