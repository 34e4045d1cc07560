// What can be done with an `on` block once it runs.
import AdamSource

enum HookBuiltins {
  static let off = BuiltinDefinition(
    name: "off", group: "training", summary: "Ends an `on` block: it is not run any more.",
    signature: Signature([ParameterDefinition("block", .hook, "what `h = on epoch { … }` gave")]),
    example: "h = on epoch { print \"never\" }\nh.off()\nprint h  # prints: on epoch (off)", yieldsToVariables: true,
    check: { _, _ in .known(.none) },
    run: { context, arguments in
      guard case .hook(let hook)? = arguments["block"] else { return .none }
      hook.isActive = false
      context.session.hooks.removeAll { $0 === hook }
      return .none
    })
}
