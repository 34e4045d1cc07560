// Random programs that mostly make sense: names are bound, registered names get arguments of the right
// kind most of the time, data is small and trainings are short.

/// Writes one program, statement by statement. What it binds is kept by kind, so that later statements
/// can use it.
public struct ProgramGenerator {
  var random: SeededRandom
  var scope: [ValueKind: [String]] = [:]
  private var lines: [String] = []
  private var indent = ""
  private var freshNames = 0
  /// Expressions that may still be nested.
  var depth = 0
  var isInLoop = false
  var isInFunction = false
  /// A careless program has arguments of wrong kinds, and numbers at which implementations break.
  let isCareless: Bool
  /// Columns of the data and numbers that the model gives: most of the time they agree.
  var features = 2
  var outputs = 1

  /// The program of a seed.
  public static func program(seed: UInt64) -> String {
    var generator = ProgramGenerator(seed: seed)
    generator.writeProgram()
    return generator.lines.joined(separator: "\n") + "\n"
  }

  private init(seed: UInt64) {
    var random = SeededRandom(seed: seed)
    isCareless = random.once(in: 2)
    self.random = random
  }

  private mutating func writeProgram() {
    features = 1 + random.below(3)
    outputs = 1 + random.below(3)
    if random.once(in: 3) { line("seed \(isCareless ? random.pick(BoundaryNumbers.expressions) : "1")") }
    if !random.once(in: 3) { setUp() }
    for _ in 0..<(1 + random.below(6)) { statement() }
    if random.once(in: 3) { training() }
  }

  // MARK: Writing

  mutating func line(_ text: String) { lines.append(indent + text) }

  mutating func fresh(_ kind: ValueKind) -> String {
    freshNames += 1
    let name = random.pick(["v", "w", "x", "y", "t"]) + "\(freshNames)"
    scope[kind, default: []].append(name)
    return name
  }

  /// What is bound inside is forgotten behind it, except in blocks that belong to their scope.
  mutating func block(_ head: String, keepsNames: Bool = true, _ body: (inout ProgramGenerator) -> Void) {
    let saved = (scope, isInLoop, isInFunction, indent)
    line(head + " {")
    indent += "  "
    body(&self)
    (_, isInLoop, isInFunction, indent) = saved
    if !keepsNames { scope = saved.0 }
    line("}")
  }

  mutating func statements(_ count: Int) {
    depth += 1
    for _ in 0..<count { statement() }
    depth -= 1
  }

  /// Data, model, loss and optimizer that fit together.
  private mutating func setUp() {
    if !random.once(in: 4) { line("data = \(dataSet())") }
    if !random.once(in: 6) { line("model = \(network())") }
    if !random.once(in: 3) { line("loss = \(lossFunction())") }
    if !random.once(in: 3) { line("opt = \(call(NameCatalog.standard.entries(["optimizer"])))") }
    for (kind, name) in [(ValueKind.data, "data"), (.layer, "model"), (.function, "loss"), (.optimizer, "opt")]
    where lines.contains(where: { $0.hasPrefix("\(name) = ") }) {
      scope[kind, default: []].append(name)
    }
  }

  /// Rows of `features` numbers with `outputs` targets, and what prepares them.
  mutating func dataSet() -> String {
    let rows = 1 + random.below(6)
    var text = "(\(matrix(rows, features)), \(random.once(in: 4) ? labels(rows) : matrix(rows, outputs)))"
    if random.once(in: 6) { text = value(.data) }
    let steps = NameCatalog.standard.entries(["data"]).filter { $0.parameters.first?.name == "data" }
    while !steps.isEmpty, random.once(in: 2) { text += " |> " + call(steps, skipping: 1) }
    return text
  }

  mutating func matrix(_ rows: Int, _ columns: Int) -> String {
    let lines = (0..<rows).map { _ in "[" + (0..<columns).map { _ in literal() }.joined(separator: ", ") + "]" }
    return "[" + lines.joined(separator: ", ") + "]"
  }

  private mutating func labels(_ rows: Int) -> String {
    "[" + (0..<rows).map { _ in "\(random.below(3))" }.joined(separator: ", ") + "]"
  }

  mutating func literal() -> String {
    if isCareless, random.once(in: 20) { return random.pick(BoundaryNumbers.texts) }
    return random.pick(isCareless ? ["0", "1", "2", "-1", "0.5", "3"] : ["1", "2", "0.5", "0.1", "3"])
  }

  /// Layers from `features` to `outputs` numbers.
  mutating func network() -> String {
    var parts: [String] = []
    var width = features
    for _ in 0..<random.below(3) {
      let next = 1 + random.below(4)
      parts.append("linear(\(random.once(in: 20) ? "_" : "\(width)"), \(next))")
      width = next
      if !random.once(in: 3) { parts.append(random.once(in: 4) ? value(.layer) : random.pick(["relu", "tanh", "dropout(0.5)"])) }
    }
    parts.append("linear(\(isCareless && random.once(in: 6) ? random.pick(BoundaryNumbers.texts) : "\(width)"), \(outputs))")
    return "seq(\(parts.joined(separator: ", ")))"
  }

  mutating func lossFunction() -> String {
    switch random.below(4) {
    case 0: "fn(p, y) mean((p - y)^2)"
    case 1: "fn(p, y, x) \(reduced("p")) + \(reduced("x"))"
    default: call(NameCatalog.standard.entries(["loss"]), bare: true)
    }
  }

  private mutating func reduced(_ name: String) -> String {
    random.pick(["mean(\(name)^2)", "sum(abs(\(name)))", "max(\(name))", "mean(exp(-\(name)))", "norm(\(name))"])
  }

  private mutating func training() {
    line("r = train \(1 + random.below(3))")
    line(random.pick(["print r.loss", "e = eval data", "print predict(\(value(.tensor)))", "show model", "save \"m.safetensors\""]))
  }
}
