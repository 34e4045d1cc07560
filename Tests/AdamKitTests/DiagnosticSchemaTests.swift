// Every diagnostic as JSON follows the schema that the program prints.
import AdamTestSupport
import Foundation
import Testing

@testable import AdamKit

@Suite("The JSON form of diagnostics") struct DiagnosticSchemaTests {
  static var schema: [String: Any]? {
    try? JSONSerialization.jsonObject(with: Data(DiagnosticSchema.text.utf8)) as? [String: Any]
  }

  @Test("the diagnostics of all wrong scripts follow the schema", arguments: Explanation.all)
  func pages(_ page: Explanation) throws { try hold(Said(page, page.wrong, page.circumstances)) }

  @Test("the diagnostics of the recorded wrong scripts follow the schema")
  func recorded() throws {
    var count = 0
    for script in try ProjectFiles.scripts(in: "Tests/Golden/check") + ProjectFiles.scripts(in: "Tests/Golden/run") {
      let said = Said(script)
      count += said.diagnostics.count
      try hold(said)
    }
    #expect(count > 100)
  }

  @Test("the schema is the recorded one: fields are added, never renamed")
  func golden() throws {
    let file = ProjectFiles.root.appendingPathComponent("Tests/Golden/diagnostic.schema.json")
    if ProcessInfo.processInfo.environment["ADAM_BLESS"] == "1" {
      try DiagnosticSchema.text.write(to: file, atomically: true, encoding: .utf8)
    }
    #expect(try String(contentsOf: file, encoding: .utf8) == DiagnosticSchema.text)
  }

  @Test("what breaks the schema is found")
  func mutants() throws {
    let schema = try #require(Self.schema)
    let good = """
      {"schema":1,"code":"E0001","level":"error","message":"m","primary":"","labels":[],"notes":[],"helps":[],"args":{}}
      """
    let mutants = [
      "": "", "\"schema\":1": "\"schema\":2", "E0001": "E001", "\"error\"": "\"fatal\"", "\"m\"": "\"\"",
      "\"notes\":[]": "\"notes\":[1]", "\"args\":{}": "\"args\":{\"a\":[]}", ",\"helps\":[]": "",
      "\"labels\":[]": "\"labels\":[{\"text\":\"t\"}]", "\"primary\"": "\"first\"",
    ]
    for (from, to) in mutants {
      let text = from.isEmpty ? good : good.replacingOccurrences(of: from, with: to)
      let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
      let faults = SchemaCheck(root: schema).faults(value, schema, at: "$")
      #expect(faults.isEmpty == from.isEmpty, "\(text): \(faults)")
    }
  }

  private func hold(_ said: Said) throws {
    let schema = try #require(Self.schema)
    for diagnostic in said.diagnostics {
      let line = DiagnosticRenderer(style: .json, usesColor: false).render(diagnostic, said.sources)
      #expect(line.hasSuffix("\n") && !line.dropLast().contains("\n"))
      let value = try JSONSerialization.jsonObject(with: Data(line.utf8))
      let faults = SchemaCheck(root: schema).faults(value, schema, at: "$")
      #expect(faults.isEmpty, "\(faults) in \(line)")
    }
  }
}

/// The part of JSON schema that the program's schema uses.
private struct SchemaCheck {
  let root: [String: Any]

  func faults(_ value: Any, _ schema: [String: Any], at place: String) -> [String] {
    var found: [String] = []
    if let reference = schema["$ref"] as? String {
      let name = reference.replacingOccurrences(of: "#/$defs/", with: "")
      let definition = (root["$defs"] as? [String: Any])?[name] as? [String: Any]
      return definition.map { faults(value, $0, at: place) } ?? ["\(place): no definition \(name)"]
    }
    let types = (schema["type"] as? [String]) ?? (schema["type"] as? String).map { [$0] }
    if let types, !types.contains(where: { Self.isOf($0, value) }) { found.append("\(place): not \(types)") }
    if let constant = schema["const"] as? NSObject, constant != value as? NSObject { found.append("\(place): const") }
    if let choices = schema["enum"] as? [String], !choices.contains(value as? String ?? "") {
      found.append("\(place): not one of \(choices)")
    }
    if let pattern = schema["pattern"] as? String, let text = value as? String,
      text.range(of: pattern, options: .regularExpression) == nil
    {
      found.append("\(place): \(text) is not \(pattern)")
    }
    if let least = schema["minLength"] as? Int, let text = value as? String, text.count < least {
      found.append("\(place): empty")
    }
    if let least = schema["minimum"] as? Int, let number = value as? Int, number < least {
      found.append("\(place): below \(least)")
    }
    if let items = schema["items"] as? [String: Any], let values = value as? [Any] {
      for (index, item) in values.enumerated() { found += faults(item, items, at: "\(place)[\(index)]") }
    }
    if let object = value as? [String: Any] { found += members(object, schema, at: place) }
    return found
  }

  private func members(_ object: [String: Any], _ schema: [String: Any], at place: String) -> [String] {
    var found: [String] = []
    for name in schema["required"] as? [String] ?? [] where object[name] == nil { found.append("\(place): no \(name)") }
    let properties = schema["properties"] as? [String: Any] ?? [:]
    for (name, member) in object {
      if let known = properties[name] as? [String: Any] {
        found += faults(member, known, at: "\(place).\(name)")
      } else if let other = schema["additionalProperties"] as? [String: Any] {
        found += faults(member, other, at: "\(place).\(name)")
      } else if schema["additionalProperties"] as? Bool == false {
        found.append("\(place): unknown \(name)")
      }
    }
    return found
  }

  private static func isOf(_ type: String, _ value: Any) -> Bool {
    switch type {
    case "object": value is [String: Any]
    case "array": value is [Any]
    case "string": value is String
    case "integer": value is Int
    default: false
    }
  }
}
