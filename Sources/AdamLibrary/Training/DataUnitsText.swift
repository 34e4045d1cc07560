// Scaling and class names in a model's file, so that a loaded model answers in the user's units.
import AdamData

extension DataUnits {
  /// Numbers as their bits, so that they come back exactly.
  var metadata: [SafetensorsMetadata] {
    var result: [SafetensorsMetadata] = []
    for (key, scaling) in [("inputs", inputs), ("targets", targets)] {
      guard let scaling else { continue }
      result.append(SafetensorsMetadata("\(key).offsets", Self.bits(scaling.offsets)))
      result.append(SafetensorsMetadata("\(key).scales", Self.bits(scaling.scales)))
    }
    if let labels {
      let escaped = labels.map { Self.escape($0) }
      result.append(SafetensorsMetadata("labels", escaped.joined(separator: "\n")))
      result.append(SafetensorsMetadata("labels.numeric", hasNumericLabels ? "true" : "false"))
    }
    return result
  }

  init(_ file: SafetensorsFile) {
    self.init()
    inputs = Self.scaling("inputs", file)
    targets = Self.scaling("targets", file)
    labels = file.value(of: "labels").map {
      $0.split(separator: "\n", omittingEmptySubsequences: false).map { Self.unescape($0) }
    }
    hasNumericLabels = file.value(of: "labels.numeric") == "true"
  }

  private static func scaling(_ key: String, _ file: SafetensorsFile) -> ColumnScaling? {
    guard let offsets = file.value(of: "\(key).offsets").flatMap(numbers),
      let scales = file.value(of: "\(key).scales").flatMap(numbers), offsets.count == scales.count
    else { return nil }
    return ColumnScaling(offsets: offsets, scales: scales)
  }

  private static func bits(_ values: [Double]) -> String {
    values.map { String($0.bitPattern, radix: 16) }.joined(separator: " ")
  }

  private static func numbers(_ text: String) -> [Double]? {
    let words = text.split(separator: " ")
    let values = words.compactMap { UInt64($0, radix: 16).map { Double(bitPattern: $0) } }
    return values.count == words.count ? values : nil
  }

  private static func escape(_ text: String) -> String {
    String(
      text.unicodeScalars.flatMap { scalar -> [Character] in
        switch scalar {
        case "\\": ["\\", "\\"]
        case "\n": ["\\", "n"]
        default: [Character(scalar)]
        }
      })
  }

  private static func unescape(_ text: Substring) -> String {
    var result = ""
    var isEscaped = false
    for character in text {
      if isEscaped {
        result.append(character == "n" ? "\n" : character)
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else {
        result.append(character)
      }
    }
    return result
  }
}
