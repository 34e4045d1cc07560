// Reads the text form of a program back. A table of instruction names, each with its operands.
import AdamSource

/// Why a text is not a program; `line` counts from 1.
package struct ProgramTextError: Error, Hashable, Sendable {
  package var message: String
  package var line: Int
}

extension Program {
  /// Reads what `printed` wrote.
  package static func parse(_ text: String) throws(ProgramTextError) -> Program {
    var parser = ProgramParser(text)
    return try parser.program()
  }
}

struct ProgramParser {
  private var cursor: ProgramTextCursor
  private var result = Program()
  private var nameIndices: [String: Int32] = [:]
  private var source = SourceID(0)

  init(_ text: String) { cursor = ProgramTextCursor(text) }

  mutating func program() throws(ProgramTextError) -> Program {
    if cursor.accept("program") {
      try cursor.expect("source")
      source = SourceID(UInt32(clamping: try cursor.integer()))
      if cursor.accept("module") { result.module = Int32(clamping: try cursor.integer()) }
    }
    while !cursor.isAtEnd { try function() }
    return result
  }

  private mutating func function() throws(ProgramTextError) {
    try cursor.expect("function")
    _ = try cursor.integer()
    var function = ProgramFunction(name: try cursor.word(), span: Span(source, 0, 0))
    try cursor.expect("(")
    while !cursor.accept(")") {
      let name = try cursor.word()
      function.parameters.append(.init(name: name, hasDefault: cursor.accept("=")))
      _ = cursor.accept(",")
    }
    try cursor.expect("registers")
    function.registerCount = Int32(clamping: try cursor.integer())
    if cursor.accept("self") { function.selfRegister = try register() }
    while cursor.accept("holds") { function.captures.append(.init(try cursor.word(), try register())) }
    function.isHook = cursor.accept("hook")
    function.span = try span()
    try cursor.expect("{")
    try body(of: &function)
    result.functions.append(function)
  }

  // MARK: Structure

  /// A brace that is open, with the jumps that wait for its end.
  private struct Region {
    enum Kind { case branch, otherwise, loop }
    var kind: Kind
    /// The jump or loop header that opened it.
    var opener: Int
    var breaks: [Int] = []
    var continues: [Int] = []
  }

  /// Reads up to the function's own brace. Regions nest without recursion.
  private mutating func body(of function: inout ProgramFunction) throws(ProgramTextError) {
    var regions: [Region] = []
    while true {
      guard cursor.accept("}") else {
        try line(of: &function, &regions)
        continue
      }
      guard let region = regions.popLast() else { return }
      try close(region, in: &function, &regions)
    }
  }

  private mutating func line(
    of function: inout ProgramFunction, _ regions: inout [Region]
  ) throws(ProgramTextError) {
    let index = function.instructions.count
    let instruction = try instruction()
    function.instructions.append(instruction)
    function.spans.append(try span())
    if cursor.accept("{") {
      regions.append(Region(kind: instruction.isLoopHeader ? .loop : .branch, opener: index))
    } else if instruction.isLeavingLoop {
      guard let loop = regions.lastIndex(where: { $0.kind == .loop }) else {
        throw cursor.error("this stands in no loop")
      }
      if instruction == .jump(ProgramParser.toRepeat) {
        regions[loop].continues.append(index)
      } else {
        regions[loop].breaks.append(index)
      }
    }
  }

  private mutating func close(
    _ region: Region, in function: inout ProgramFunction, _ regions: inout [Region]
  ) throws(ProgramTextError) {
    let index = function.instructions.count
    if region.kind == .loop {
      try cursor.expect("repeat")
      for jump in region.continues { function.instructions[jump].setTarget(index) }
      function.instructions.append(.loop(Int32(clamping: region.opener)))
      function.spans.append(try span())
      for jump in region.breaks + [region.opener] { function.instructions[jump].setTarget(index + 1) }
    } else if region.kind == .branch, cursor.accept("else") {
      function.instructions.append(.jump(0))
      function.spans.append(try span())
      function.instructions[region.opener].setTarget(index + 1)
      try cursor.expect("{")
      regions.append(Region(kind: .otherwise, opener: index))
    } else {
      function.instructions[region.opener].setTarget(index)
    }
  }

  /// Targets of `break` and `continue` until their loop ends.
  fileprivate static let toEnd: Int32 = -1
  fileprivate static let toRepeat: Int32 = -2

  // MARK: Operands

  private mutating func register() throws(ProgramTextError) -> Register {
    try cursor.expect("%")
    return Register(Int32(clamping: try cursor.integer()))
  }

  private mutating func label() throws(ProgramTextError) -> Int32 {
    Int32(clamping: try cursor.integer())
  }

  private mutating func span() throws(ProgramTextError) -> Span {
    try cursor.expect("!")
    let start = Int32(clamping: try cursor.integer())
    try cursor.expect("..")
    return Span(source, start, Int32(clamping: try cursor.integer()))
  }

  private mutating func name() throws(ProgramTextError) -> Int32 {
    let text = try cursor.word()
    if let index = nameIndices[text] { return index }
    let index = Int32(clamping: result.names.count)
    result.names.append(text)
    nameIndices[text] = index
    return index
  }

  private mutating func registers() throws(ProgramTextError) -> [Register] {
    var result: [Register] = []
    try cursor.expect("[")
    while !cursor.accept("]") { result.append(try register()) }
    return result
  }

  private mutating func constant() throws(ProgramTextError) -> Constant {
    if let text = try cursor.acceptString() { return .string(text) }
    if cursor.accept("none") { return .none }
    if cursor.accept("true") { return .bool(true) }
    if cursor.accept("false") { return .bool(false) }
    return .number(try cursor.number())
  }

  private mutating func site() throws(ProgramTextError) -> CallSite {
    var arguments: [CallArgument] = []
    try cursor.expect("(")
    while !cursor.accept(")") {
      let isImplicit = cursor.accept("?")
      var name: String?
      var nameSpan: Span?
      if !cursor.isNext("%") {
        name = try cursor.word()
        if cursor.isNext("!") { nameSpan = try span() }
        try cursor.expect("=")
      }
      let value = try register()
      arguments.append(
        CallArgument(name: name, value, try span(), isImplicit: isImplicit, nameSpan: nameSpan))
      _ = cursor.accept(",")
    }
    let fallback = cursor.accept("else") ? try register() : nil
    return CallSite(arguments, fallback: fallback, isUpdate: cursor.accept("update"))
  }

  private mutating func items() throws(ProgramTextError) -> [IndexOperand] {
    var result: [IndexOperand] = []
    try cursor.expect("[")
    while !cursor.accept("]") {
      if cursor.accept(":") {
        result.append(.all)
      } else if cursor.accept("from") {
        result.append(.from(try register()))
      } else if cursor.accept("...") {
        result.append(.upTo(try register(), isClosed: true))
      } else if cursor.accept("..<") {
        result.append(.upTo(try register(), isClosed: false))
      } else {
        result.append(.value(try register()))
      }
      _ = cursor.accept(",")
    }
    return result
  }

  private mutating func parts() throws(ProgramTextError) -> [FormatPart] {
    var result: [FormatPart] = []
    try cursor.expect("[")
    while !cursor.accept("]") {
      if let text = try cursor.acceptString() {
        result.append(.text(text))
      } else {
        let value = try register()
        result.append(.value(value, spec: cursor.accept(":") ? try cursor.acceptString() : nil))
      }
      _ = cursor.accept(",")
    }
    return result
  }

  private mutating func fields() throws(ProgramTextError) -> [(String, Register)] {
    var result: [(String, Register)] = []
    try cursor.expect("[")
    while !cursor.accept("]") {
      let name = try cursor.word()
      try cursor.expect("=")
      result.append((name, try register()))
      _ = cursor.accept(",")
    }
    return result
  }

  private mutating func closure(_ d: Register) throws(ProgramTextError) -> Instruction {
    var site = ClosureSite(function: try cursor.integer(), captures: try captures())
    try cursor.expect("[")
    while !cursor.accept("]") {
      let parameter = try cursor.integer()
      try cursor.expect("=")
      site.defaults.append(.init(parameter: parameter, from: try register()))
      _ = cursor.accept(",")
    }
    return .closure(d: d, site)
  }

  private mutating func captures() throws(ProgramTextError) -> [ClosureSite.Capture] {
    var result: [ClosureSite.Capture] = []
    try cursor.expect("[")
    while !cursor.accept("]") {
      let from = try register()
      try cursor.expect("->")
      result.append(.init(from: from, to: try register()))
      _ = cursor.accept(",")
    }
    return result
  }

  private mutating func hook(_ d: Register) throws(ProgramTextError) -> Instruction {
    let event = try cursor.word()
    let every = cursor.accept("every") ? try register() : nil
    var site = HookSite(event: event, every: every, closure: try register())
    if cursor.accept("shares") {
      site.captures = try captures()
      site.updates = try fields().map { .init($0, $1) }
    }
    return .hook(d: d, site)
  }

  // MARK: Instructions

  private mutating func instruction() throws(ProgramTextError) -> Instruction {
    guard cursor.isNext("%") else { return try effect() }
    let d = try register()
    try cursor.expect("=")
    let word = try cursor.word()
    if let op = ProgramOperator.named[word] {
      return .binary(d: d, op, try register(), try register())
    }
    return try valued(word, d)
  }

  /// Instructions without a destination.
  private mutating func effect() throws(ProgramTextError) -> Instruction {
    let word = try cursor.word()
    switch word {
    case "require_set": return .requireSet(try register(), name: try name())
    case "store_global": return .storeGlobal(name: try name(), try register())
    case "require_bool": return .requireBool(try register())
    case "if": return .jumpIfFalse(try register(), 0)
    case "unless": return .jumpIfTrue(try register(), 0)
    case "inlined": return .inlined(try register(), function: try cursor.integer(), 0)
    case "loop": return .loopHeader(end: 0)
    case "break": return .jump(Self.toEnd)
    case "break_unless": return .jumpIfFalse(try register(), Self.toEnd)
    case "break_if": return .jumpIfTrue(try register(), Self.toEnd)
    case "continue": return .jump(Self.toRepeat)
    case "statement": return .statement
    case "result": return .result(try register())
    case "return": return .returnValue(try register())
    case "unsupported": return .unsupported(try cursor.acceptString() ?? "")
    case "set_index": return .setIndex(base: try register(), try items(), try register())
    case "set_field":
      return .setField(base: try register(), name: try name(), try register())
    case "append": return .append(list: try register(), try register())
    case "assert":
      let condition = try register()
      let sides = try registers()
      return .assert(condition, sides: sides, message: cursor.isNext("%") ? try register() : nil)
    default: throw cursor.error("unknown instruction \(word)")
    }
  }

  /// Instructions that write `d`, except the binary operators.
  private mutating func valued(
    _ word: String, _ d: Register
  ) throws(ProgramTextError) -> Instruction {
    switch word {
    case "constant": return .constant(d: d, try constant())
    case "move": return .move(d: d, try register())
    case "unset": return .unset(d: d)
    case "load_global": return .loadGlobal(d: d, name: try name())
    case "load_global_if_set": return .loadGlobalIfSet(d: d, name: try name())
    case "negate": return .negate(d: d, try register())
    case "not": return .not(d: d, try register())
    case "list": return .list(d: d, try registers())
    case "tuple": return .tuple(d: d, try registers())
    case "record":
      let fields = try fields()
      return .record(d: d, names: fields.map(\.0), fields.map(\.1))
    case "range":
      let lower = try register()
      let isClosed = cursor.accept("...")
      if !isClosed { try cursor.expect("..<") }
      return .range(d: d, lower, try register(), isClosed: isClosed)
    case "format": return .format(d: d, try parts())
    case "index": return .index(d: d, try register(), try items())
    case "field": return .field(d: d, try register(), name: try name())
    case "iterate": return .iterate(d: d, try register())
    case "next": return .next(d: d, iterator: try register(), done: Self.toEnd)
    case "unpack": return .unpack(first: d, try register(), count: try label())
    case "call": return .call(d: d, try register(), try site())
    case "call_method": return .callMethod(d: d, try register(), name: try name(), try site())
    case "verb": return .verb(d: d, name: try name(), try site())
    case "closure": return try closure(d)
    case "hook": return try hook(d)
    case "import":
      let module = Int32(clamping: try cursor.integer())
      return .importModule(d: d, module: module, addsNames: cursor.accept("names"))
    default: throw cursor.error("unknown instruction \(word)")
    }
  }
}

extension Instruction {
  fileprivate var isLoopHeader: Bool {
    if case .loopHeader = self { true } else { false }
  }

  fileprivate var isLeavingLoop: Bool {
    jumpTarget == ProgramParser.toEnd || jumpTarget == ProgramParser.toRepeat
  }

  /// Lets a jump lead to another index; anything else stays as it is.
  package mutating func setTarget(_ index: Int) {
    let target = Int32(clamping: index)
    switch self {
    case .jump: self = .jump(target)
    case .jumpIfFalse(let a, _): self = .jumpIfFalse(a, target)
    case .jumpIfTrue(let a, _): self = .jumpIfTrue(a, target)
    case .inlined(let a, let function, _): self = .inlined(a, function: function, target)
    case .loopHeader: self = .loopHeader(end: target)
    case .loop: self = .loop(target)
    case .next(let d, let iterator, _): self = .next(d: d, iterator: iterator, done: target)
    default: break
    }
  }
}

extension ProgramOperator {
  /// By the name that the text form uses, which is the case's name.
  static let named = Dictionary(uniqueKeysWithValues: allCases.map { ("\($0)", $0) })
}
