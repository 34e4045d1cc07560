// Reads the text form of tensor functions. It checks form only; the verifier checks meaning.
import AdamSource

extension TensorFunction {
  /// Exactly one function.
  package static func parse(
    _ text: String, registry: OpRegistry = .standard
  ) throws(TextError) -> TensorFunction {
    var parser = TextParser(text, registry)
    let function = try parser.function()
    try parser.end()
    return function
  }

  /// Any number of functions.
  package static func parseAll(
    _ text: String, registry: OpRegistry = .standard
  ) throws(TextError) -> [TensorFunction] {
    var parser = TextParser(text, registry)
    var functions: [TensorFunction] = []
    while !parser.isAtEnd { functions.append(try parser.function()) }
    return functions
  }
}

struct TextParser {
  private var cursor: TextCursor
  private let registry: OpRegistry
  /// Values of the current function as they are defined, and every use to be checked at its end.
  private var definitions: [(id: ValueID, info: ValueInfo, offset: Int)] = []
  private var uses: [(id: ValueID, offset: Int)] = []

  init(_ text: String, _ registry: OpRegistry) {
    cursor = TextCursor(text)
    self.registry = registry
  }

  var isAtEnd: Bool {
    mutating get {
      cursor.skipSpace()
      return cursor.isAtEnd
    }
  }

  mutating func end() throws(TextError) {
    if !isAtEnd { throw cursor.error("expected the end of the text") }
  }

  mutating func function() throws(TextError) -> TensorFunction {
    (definitions, uses) = ([], [])
    try cursor.expect("func")
    try cursor.expect("@")
    let name = cursor.byte == 0x22 ? try cursor.quoted() : try cursor.word("a name")
    var function = TensorFunction(name: name)
    try cursor.expect("(")
    while !cursor.take(")") {
      function.parameters.append(try parameter())
      if cursor.take(",") { continue }
      try cursor.expect(")")
      break
    }
    try cursor.expect("{")
    while !cursor.take("return") { function.operations.append(try operation()) }
    while !cursor.take("}") {
      if !function.results.isEmpty { try cursor.expect(",") }
      function.results.append(try result())
    }
    function.values = try numberedValues()
    return function
  }

  private mutating func define(_ id: ValueID, _ type: TensorType, _ span: Span?, at offset: Int) {
    definitions.append((id, ValueInfo(type, span), offset))
  }

  private mutating func use() throws(TextError) -> ValueID {
    cursor.skipSpace()
    let offset = cursor.offset
    let id = try cursor.value()
    uses.append((id, offset))
    return id
  }

  private mutating func parameter() throws(TextError) -> FunctionParameter {
    cursor.skipSpace()
    let offset = cursor.offset
    let id = try cursor.value()
    try cursor.expect(":")
    let type = try cursor.type()
    cursor.skipSpace()
    let place = cursor.offset
    guard let role = ParameterRole(rawValue: try cursor.word("a role")) else {
      throw cursor.error(
        "expected `parameter`, `state`, `input`, `target` or `scalars`", at: place)
    }
    let name = try cursor.quoted()
    define(id, type, try cursor.place(), at: offset)
    return FunctionParameter(id, name, role)
  }

  private mutating func operation() throws(TextError) -> Operation {
    var heads: [(id: ValueID, offset: Int)] = []
    repeat {
      cursor.skipSpace()
      let offset = cursor.offset
      heads.append((try cursor.value(), offset))
    } while cursor.take(",")
    try cursor.expect("=")
    let op = try opName()
    try cursor.expect("(")
    var operands: [ValueID] = []
    while cursor.peeks(0x25) {
      operands.append(try use())
      if !cursor.take(",") { break }
    }
    let attributes = try attributes()
    try cursor.expect(")")
    try cursor.expect(":")
    var types = [try cursor.type()]
    while cursor.take(",") { types.append(try cursor.type()) }
    guard types.count == heads.count else {
      throw cursor.error("\(heads.count) results have \(types.count) types")
    }
    let span = try cursor.place()
    for (head, type) in zip(heads, types) { define(head.id, type, span, at: head.offset) }
    return Operation(op, operands, attributes, heads.map(\.id), span)
  }

  private mutating func result() throws(TextError) -> FunctionResult {
    let value = try use()
    let name = try cursor.quoted()
    let target = cursor.take("replaces") ? try use() : nil
    return FunctionResult(value, name, replaces: target)
  }

  private mutating func opName() throws(TextError) -> OpDefinition {
    cursor.skipSpace()
    let offset = cursor.offset
    let name = try cursor.word("an op")
    guard let op = registry[name] else { throw cursor.error("no op `\(name)`", at: offset) }
    return op
  }

  private mutating func attributes() throws(TextError) -> Attributes {
    var attributes = Attributes()
    guard cursor.take(";") else { return attributes }
    repeat {
      let name = try cursor.word("an attribute")
      try cursor.expect("=")
      attributes.entries.append(.init(name, try attribute()))
    } while cursor.take(",")
    return attributes
  }

  private mutating func attribute() throws(TextError) -> Attribute {
    if cursor.take("true") { return .bool(true) }
    if cursor.take("false") { return .bool(false) }
    if cursor.peeks(0x22) { return .string(try cursor.quoted()) }
    if cursor.take("{") { return .body(try body()) }
    if cursor.take("[") { return .ints(try integers()) }
    // `f32[…]`, `i32[…]`, `bool[…]`; numbers begin otherwise (`inf` is not `i32`).
    if cursor.peeks(0x66) || cursor.peeks(0x62) || cursor.peeksText("i32") {
      return .type(try cursor.type())
    }
    return try cursor.number()
  }

  private mutating func integers() throws(TextError) -> [Int] {
    var numbers: [Int] = []
    while !cursor.take("]") {
      if !numbers.isEmpty { try cursor.expect(",") }
      numbers.append(try cursor.integer())
    }
    return numbers
  }

  private mutating func body() throws(TextError) -> FusedBody {
    var steps: [FusedBody.Step] = []
    while !cursor.take("}") {
      if !steps.isEmpty { try cursor.expect(";") }
      let op = try opName()
      try cursor.expect("(")
      var arguments = [try argument()]
      while cursor.take(",") { arguments.append(try argument()) }
      steps.append(.init(op, arguments, try attributes()))
      try cursor.expect(")")
    }
    return FusedBody(steps)
  }

  private mutating func argument() throws(TextError) -> FusedBody.Argument {
    if cursor.peeks(0x61) || cursor.peeks(0x73) {
      let isOperand = cursor.peeks(0x61)
      let word = try cursor.word("an argument")
      if let index = Int(word.dropFirst()), index >= 0 {
        return isOperand ? .operand(index) : .step(index)
      }
      throw cursor.error("expected `a0`, `s0` or a number")
    }
    switch try cursor.number() {
    case .float(let number): return .scalar(number)
    case .int(let number): return .scalar(Double(number))
    default: throw cursor.error("expected a number")
    }
  }

  /// The values by number. Every number below the count is defined once, and nothing else is used.
  private func numberedValues() throws(TextError) -> [ValueInfo] {
    var values = [ValueInfo?](repeating: nil, count: definitions.count)
    for (id, info, offset) in definitions {
      guard id.index < values.count else {
        throw cursor.error("%\(id.index) leaves a gap: there are \(values.count) values", at: offset)
      }
      if values[id.index] != nil {
        throw cursor.error("%\(id.index) is defined twice", at: offset)
      }
      values[id.index] = info
    }
    for (id, offset) in uses where id.index >= values.count {
      throw cursor.error("%\(id.index) is not defined", at: offset)
    }
    return values.compactMap { $0 }
  }
}
