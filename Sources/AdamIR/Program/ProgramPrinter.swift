// The text form of a program: one line an instruction, branches and loops in braces, places at the
// end as `!start..end`. `ProgramParser` reads it back; printing what was read gives the same text.
import AdamSource

extension Program {
  /// The whole program. The first line names the source text that all places are in.
  package func printed() -> String {
    var text = ""
    if let first = functions.first { text += "program source \(first.span.source.index)" }
    text += (module == 0 ? "" : " module \(module)") + "\n"
    for (number, function) in functions.enumerated() {
      text += "\n"
      printFunction(function, number: number, into: &text)
    }
    return text
  }

  private func printFunction(_ function: ProgramFunction, number: Int, into text: inout String) {
    let parameters = function.parameters.map { $0.name + ($0.hasDefault ? "=" : "") }
    text += "function \(number) \(function.name)(\(parameters.joined(separator: ", ")))"
    text += " registers \(function.registerCount)"
    if let register = function.selfRegister { text += " self \(ProgramPrinter.text(register))" }
    for capture in function.captures { text += " holds \(capture.name) \(ProgramPrinter.text(capture.register))" }
    if function.isHook { text += " hook" }
    text += " \(ProgramPrinter.text(function.span)) {\n"
    var body = BodyPrinter(function, ProgramPrinter(names: names))
    text += body.lines() + "}\n"
  }
}

/// The lines between the braces of a function.
private struct BodyPrinter {
  private let function: ProgramFunction
  private let printer: ProgramPrinter
  private let structure: ControlStructure
  private var depth = 1
  private var text = ""

  init(_ function: ProgramFunction, _ printer: ProgramPrinter) {
    self.function = function
    self.printer = printer
    structure = ControlStructure(function.instructions)
  }

  mutating func lines() -> String {
    for index in function.instructions.indices {
      for _ in 0..<structure.closings[index] {
        depth -= 1
        add("}")
      }
      instruction(index)
    }
    return text
  }

  /// Deeper code than a screen is wide stays at the last column.
  private mutating func add(_ line: String) {
    text += String(repeating: "  ", count: min(max(depth, 1), 40)) + line + "\n"
  }

  private mutating func instruction(_ index: Int) {
    let place = ProgramPrinter.text(function.spans[index])
    let role = structure.roles[index]
    let line = printer.text(function.instructions[index], as: role)
    if role == .closesLoop || role == .entersElse { depth -= 1 }
    switch role {
    case .closesLoop: add("} repeat \(place)")
    case .entersElse: add("} else \(place) {")
    case .opensBranch, .opensLoop: add("\(line) \(place) {")
    case .plain, .breaks, .continues: add("\(line) \(place)")
    }
    if role == .opensBranch || role == .opensLoop || role == .entersElse { depth += 1 }
  }
}

/// Prints single instructions; `names` is the program's name table.
struct ProgramPrinter {
  let names: [String]

  static func text(_ register: Register) -> String { "%\(register.index)" }
  static func text(_ span: Span) -> String { "!\(span.start)..\(span.end)" }

  /// A string literal of the text form.
  static func quoted(_ string: String) -> String {
    var text = "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      case "\t": text += "\\t"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "\""
  }

  private func name(_ index: Int32) -> String {
    Int(index) < names.count && index >= 0 ? names[Int(index)] : "?"
  }

  private func list(_ registers: [Register]) -> String {
    "[" + registers.map(Self.text).joined(separator: " ") + "]"
  }

  private func constant(_ constant: Constant) -> String {
    switch constant {
    case .none: "none"
    case .bool(let value): value ? "true" : "false"
    case .number(let value): "\(value)"
    case .string(let value): Self.quoted(value)
    }
  }

  private func site(_ site: CallSite) -> String {
    let arguments = site.arguments.map { argument -> String in
      let place = argument.nameSpan.map { Self.text($0) } ?? ""
      let name = argument.name.map { $0 + place + "=" } ?? ""
      return (argument.isImplicit ? "?" : "") + name + Self.text(argument.register)
        + Self.text(argument.span)
    }
    let fallback = site.fallback.map { " else " + Self.text($0) } ?? ""
    let update = site.isUpdate ? " update" : ""
    return "(" + arguments.joined(separator: ", ") + ")" + fallback + update
  }

  private func items(_ items: [IndexOperand]) -> String {
    let texts = items.map { item -> String in
      switch item {
      case .value(let register): Self.text(register)
      case .all: ":"
      case .from(let register): "from " + Self.text(register)
      case .upTo(let register, let isClosed): (isClosed ? "... " : "..< ") + Self.text(register)
      }
    }
    return "[" + texts.joined(separator: ", ") + "]"
  }

  private func parts(_ parts: [FormatPart]) -> String {
    let texts = parts.map { part -> String in
      switch part {
      case .text(let text): Self.quoted(text)
      case .value(let register, let spec):
        Self.text(register) + (spec.map { " : " + Self.quoted($0) } ?? "")
      }
    }
    return "[" + texts.joined(separator: ", ") + "]"
  }

  private func fields(_ names: [String], _ registers: [Register]) -> String {
    let texts = zip(names, registers).map { "\($0)=\(Self.text($1))" }
    return "[" + texts.joined(separator: ", ") + "]"
  }

  private func closure(_ site: ClosureSite) -> String {
    let defaults = site.defaults.map { "\($0.parameter)=\(Self.text($0.from))" }
    return "\(site.function) \(captures(site.captures)) [\(defaults.joined(separator: ", "))]"
  }

  private func captures(_ captures: [ClosureSite.Capture]) -> String {
    "[" + captures.map { "\(Self.text($0.from)) -> \(Self.text($0.to))" }.joined(separator: ", ") + "]"
  }

  private func hook(_ site: HookSite) -> String {
    let every = site.every.map { " every \(Self.text($0))" } ?? ""
    let isLocal = !site.captures.isEmpty || !site.updates.isEmpty
    let shared = isLocal ? " shares \(captures(site.captures)) "
      + fields(site.updates.map(\.name), site.updates.map(\.register)) : ""
    return "\(site.event)\(every) \(Self.text(site.closure))\(shared)"
  }

  /// One instruction without its place. A jump that fits no structure keeps the index it leads to.
  func text(_ instruction: Instruction, as role: ControlRole = .plain) -> String {
    if let text = controlText(instruction, role) { return text }
    if let text = simpleText(instruction) { return text }
    if let text = collectionText(instruction) { return text }
    return callText(instruction)
  }

  /// What opens and leaves branches and loops.
  private func controlText(_ instruction: Instruction, _ role: ControlRole) -> String? {
    let text = Self.text as (Register) -> String
    return switch (instruction, role) {
    case (.jumpIfFalse(let a, _), .breaks): "break_unless \(text(a))"
    case (.jumpIfTrue(let a, _), .breaks): "break_if \(text(a))"
    case (.jumpIfFalse(let a, _), .opensBranch): "if \(text(a))"
    case (.jumpIfTrue(let a, _), .opensBranch): "unless \(text(a))"
    case (.inlined(let a, let number, _), .opensBranch): "inlined \(text(a)) \(number)"
    case (.jump, .breaks): "break"
    case (.jump, .continues): "continue"
    case (.loopHeader, .opensLoop): "loop"
    default: nil
    }
  }

  /// Moves, variables, arithmetic and jumps.
  private func simpleText(_ instruction: Instruction) -> String? {
    let text = Self.text as (Register) -> String
    return switch instruction {
    case .constant(let d, let value): "\(text(d)) = constant \(constant(value))"
    case .move(let d, let a): "\(text(d)) = move \(text(a))"
    case .unset(let d): "\(text(d)) = unset"
    case .requireSet(let a, let n): "require_set \(text(a)) \(name(n))"
    case .loadGlobal(let d, let n): "\(text(d)) = load_global \(name(n))"
    case .loadGlobalIfSet(let d, let n): "\(text(d)) = load_global_if_set \(name(n))"
    case .storeGlobal(let n, let a): "store_global \(name(n)) \(text(a))"
    case .binary(let d, let op, let a, let b): "\(text(d)) = \(op) \(text(a)) \(text(b))"
    case .negate(let d, let a): "\(text(d)) = negate \(text(a))"
    case .not(let d, let a): "\(text(d)) = not \(text(a))"
    case .requireBool(let a): "require_bool \(text(a))"
    case .jump(let target): "jump \(target)"
    case .jumpIfFalse(let a, let target): "jump_if_false \(text(a)) \(target)"
    case .jumpIfTrue(let a, let target): "jump_if_true \(text(a)) \(target)"
    case .loop(let target): "jump_back \(target)"
    case .loopHeader(let end): "loop_header \(end)"
    case .inlined(let a, let number, let target): "inlined \(text(a)) \(number) \(target)"
    case .statement: "statement"
    case .result(let a): "result \(text(a))"
    case .returnValue(let a): "return \(text(a))"
    case .unsupported(let what): "unsupported \(Self.quoted(what))"
    default: nil
    }
  }

  /// Building, reading and iterating collections.
  private func collectionText(_ instruction: Instruction) -> String? {
    let text = Self.text as (Register) -> String
    return switch instruction {
    case .list(let d, let elements): "\(text(d)) = list \(list(elements))"
    case .tuple(let d, let elements): "\(text(d)) = tuple \(list(elements))"
    case .record(let d, let names, let values): "\(text(d)) = record \(fields(names, values))"
    case .range(let d, let a, let b, let isClosed):
      "\(text(d)) = range \(text(a)) \(isClosed ? "..." : "..<") \(text(b))"
    case .format(let d, let formatParts): "\(text(d)) = format \(parts(formatParts))"
    case .index(let d, let a, let at): "\(text(d)) = index \(text(a)) \(items(at))"
    case .setIndex(let base, let at, let a): "set_index \(text(base)) \(items(at)) \(text(a))"
    case .field(let d, let a, let n): "\(text(d)) = field \(text(a)) \(name(n))"
    case .setField(let base, let n, let a): "set_field \(text(base)) \(name(n)) \(text(a))"
    case .iterate(let d, let a): "\(text(d)) = iterate \(text(a))"
    case .next(let d, let iterator, _): "\(text(d)) = next \(text(iterator))"
    case .unpack(let first, let a, let count): "\(text(first)) = unpack \(text(a)) \(count)"
    case .append(let target, let a): "append \(text(target)) \(text(a))"
    default: nil
    }
  }

  /// Calls, closures, hooks and assertions.
  private func callText(_ instruction: Instruction) -> String {
    let text = Self.text as (Register) -> String
    switch instruction {
    case .call(let d, let f, let s): return "\(text(d)) = call \(text(f)) \(site(s))"
    case .callMethod(let d, let a, let n, let s):
      return "\(text(d)) = call_method \(text(a)) \(name(n)) \(site(s))"
    case .verb(let d, let n, let s): return "\(text(d)) = verb \(name(n)) \(site(s))"
    case .closure(let d, let s): return "\(text(d)) = closure \(closure(s))"
    case .importModule(let d, let module, let addsNames):
      return "\(text(d)) = import \(module)\(addsNames ? " names" : "")"
    case .hook(let d, let s): return "\(text(d)) = hook \(hook(s))"
    case .assert(let a, let sides, let message):
      return "assert \(text(a)) \(list(sides))" + (message.map { " " + text($0) } ?? "")
    default: return "unknown"
    }
  }
}
