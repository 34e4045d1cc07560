// Format specs: `[[fill]<>^][+][0][width][,][.prec][dfeg%sx]`.
import AdamSource

extension FormatSpec {
  /// Widest field and finest precision that a script may ask for.
  static let widthLimit = 10_000
  static let precisionLimit = 100

  /// Nil when the text is no spec.
  package init?(parsing text: String) {
    self.init(text: text)
    var rest = Substring(text)
    takeAlignment(&rest)
    showsPlus = FormatSpec.take("+", from: &rest)
    zeroPads = FormatSpec.take("0", from: &rest)
    guard let width = FormatSpec.takeNumber(&rest, limit: FormatSpec.widthLimit) else { return nil }
    self.width = width.value
    groupsThousands = FormatSpec.take(",", from: &rest)
    if FormatSpec.take(".", from: &rest) {
      let digits = FormatSpec.takeNumber(&rest, limit: FormatSpec.precisionLimit)
      guard let precision = digits?.value else { return nil }
      self.precision = precision
    }
    if let kind = rest.first {
      guard "dfeg%sx".contains(kind) else { return nil }
      self.kind = kind
      rest.removeFirst()
    }
    guard rest.isEmpty else { return nil }
  }

  /// A fill character counts only when an alignment follows it.
  private mutating func takeAlignment(_ rest: inout Substring) {
    if let second = rest.dropFirst().first, let found = FormatSpec.alignment(second),
      let first = rest.first
    {
      fill = first
      alignment = found
      rest = rest.dropFirst(2)
    } else if let first = rest.first, let found = FormatSpec.alignment(first) {
      alignment = found
      rest = rest.dropFirst()
    }
  }

  private static func alignment(_ character: Character) -> Alignment? {
    switch character {
    case "<": .left
    case ">": .right
    case "^": .center
    default: nil
    }
  }

  private static func take(_ character: Character, from rest: inout Substring) -> Bool {
    guard rest.first == character else { return false }
    rest.removeFirst()
    return true
  }

  /// Nil when the number is beyond its limit; a value of nil when there is none.
  private static func takeNumber(_ rest: inout Substring, limit: Int) -> (value: Int?, Void)? {
    let digits = rest.prefix { ("0"..."9").contains($0) }
    rest = rest.dropFirst(digits.count)
    if digits.isEmpty { return (nil, ()) }
    guard let value = Int(digits), value <= limit else { return nil }
    return (value, ())
  }
}
