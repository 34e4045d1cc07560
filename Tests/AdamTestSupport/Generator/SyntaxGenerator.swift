// Random programs by the grammar: right in syntax, with names that mean nothing. White space, line
// breaks and comments stand wherever they may.

/// Writes one program. Sizes are bounded by a budget of nodes, depth by a limit.
public struct SyntaxGenerator {
  /// What the surroundings allow.
  struct Place {
    /// Inside `( )` and `[ ]`, where lines may end anywhere.
    var isFree = false
    /// Inside an interpolation, where no line may end.
    var isOneLine = false
    var isInLoop = false
    var isInFunction = false
    /// A `|>` here would be ambiguous.
    var forbidsPipe = false
  }

  var random: SeededRandom
  var text = ""
  var place = Place()
  /// Nodes that may still be written; then everything is as short as it can be.
  var budget: Int
  var depth = 0
  public private(set) var rules: Set<GrammarRule> = []
  private var freshNames = 0

  /// The program of a seed; `size` is the number of nodes at which it gets terse.
  public static func program(seed: UInt64, size: Int = 40) -> (text: String, rules: Set<GrammarRule>) {
    var generator = SyntaxGenerator(seed: seed, size: size)
    generator.writeProgram()
    return (generator.text, generator.rules)
  }

  init(seed: UInt64, size: Int) {
    random = SeededRandom(seed: seed)
    budget = size
  }

  private mutating func writeProgram() {
    let count = 1 + random.below(6)
    blankLines()
    for index in 0..<count {
      statement()
      if index + 1 < count || random.once(in: 2) { end() }
    }
  }

  // MARK: Writing

  mutating func mark(_ rule: GrammarRule) { rules.insert(rule) }

  mutating func write(_ part: String) { text += part }

  /// Whether a nested construct may still be written; counts it.
  mutating func spends() -> Bool {
    budget -= 1
    return budget > 0 && depth < 6
  }

  /// Descends for the length of `body`, with the surroundings restored behind it.
  mutating func nested(_ body: (inout SyntaxGenerator) -> Void) {
    let saved = place
    depth += 1
    body(&self)
    depth -= 1
    place = saved
  }

  mutating func freshName() -> String {
    freshNames += 1
    return "n\(freshNames)"
  }

  static let names = ["a", "b", "x", "xs", "model", "loss", "epoch", "steps", "then1", "every", "grad", "f_1", "_"]

  mutating func anyName() -> String { random.pick(SyntaxGenerator.names) }

  mutating func word() -> String {
    random.pick(SyntaxGenerator.names + ["if", "else", "in", "and", "not", "fn", "load", "train", "none", "then"])
  }

  // MARK: Space

  /// Where tokens need nothing between them.
  mutating func gap() {
    if place.isFree && !place.isOneLine { return freeGap() }
    write(random.pick(["", "", "", " ", "  ", "\t"]))
  }

  /// Where words would run together.
  mutating func space() {
    write(random.pick([" ", " ", "  ", "\t"]))
    if place.isFree { gap() }
  }

  /// After an operator, a comma and inside brackets: lines may end here.
  mutating func freeGap() {
    guard !place.isOneLine else { return write(random.pick(["", " "])) }
    switch random.below(16) {
    case 0: write("\n   ")
    case 1: write("\r\n")
    case 2:
      mark(.comment)
      write("  # why\n")
    case 3: write("\n\n\n# alone\n ")
    case 4...8: write("")
    default: write(" ")
    }
  }

  /// `END`
  mutating func end() {
    if place.isOneLine || random.once(in: 4) {
      mark(.semicolon)
      write(random.pick([";", "; ", " ;", " ; "]))
    } else {
      lineEnd()
    }
  }

  mutating func lineEnd() {
    mark(.newline)
    if random.once(in: 6) {
      mark(.comment)
      write(random.pick(["# c", "   # trailing ", "\t#"]))
    }
    write(random.pick(["\n", "\n", "\n", "\r\n", ";\n"]))
    blankLines()
    write(random.pick(["", "", "  ", "    ", "\t"]))
  }

  private mutating func blankLines() {
    guard random.once(in: 5) else { return }
    mark(.blankLine)
    write(random.pick(["\n", "\n\n\n\n", "# alone\n", "\n  # é alone\n\n", "   \n"]))
  }

  /// `"{" { statement END } "}"`
  mutating func block(_ change: (inout Place) -> Void) {
    nested { generator in
      change(&generator.place)
      generator.place.isFree = false
      generator.place.forbidsPipe = false
      if !generator.place.isOneLine, generator.random.once(in: 8) { generator.write("\n") }
      generator.write("{")
      generator.blockBody { $0.statement() }
      generator.write("}")
    }
  }

  mutating func blockBody(_ item: (inout SyntaxGenerator) -> Void) {
    if !place.isOneLine, random.once(in: 2) { lineEnd() } else { gap() }
    for _ in 0..<(spends() ? random.below(3) : 0) {
      item(&self)
      end()
    }
    if random.once(in: 3) { item(&self) }
    if !place.isOneLine, random.once(in: 3) { lineEnd() } else { gap() }
  }
}
