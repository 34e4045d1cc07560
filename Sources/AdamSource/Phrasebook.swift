// Words of other languages and tools with what to write here. One table for the parser, the checker,
// the messages about options and the documentation.

/// A word of other languages.
package struct ForeignWord: Sendable {
  package var word: String
  package var help: String
  /// Replaces the word; nil: there is no single edit.
  package var replacement: String?
  package var isSafe = false
}

package enum Phrasebook {
  /// Words that, in a place where a name cannot be, show which language the writer thinks in.
  package static let words: [ForeignWord] = [
    .init(word: "elif", help: "write `else if`", replacement: "else if", isSafe: true),
    .init(word: "elsif", help: "write `else if`", replacement: "else if", isSafe: true),
    .init(word: "elseif", help: "write `else if`", replacement: "else if", isSafe: true),
    .init(word: "def", help: "functions are `fn f(x) { … }`", replacement: "fn"),
    .init(word: "func", help: "functions are `fn f(x) { … }`", replacement: "fn"),
    .init(word: "function", help: "functions are `fn f(x) { … }`", replacement: "fn"),
    .init(word: "fun", help: "functions are `fn f(x) { … }`", replacement: "fn"),
    .init(word: "lambda", help: "write `fn(x) x + 1`"),
    .init(word: "let", help: "a variable is made by `x = 3`", replacement: ""),
    .init(word: "var", help: "a variable is made by `x = 3`", replacement: ""),
    .init(word: "const", help: "a variable is made by `x = 3`", replacement: ""),
    .init(word: "local", help: "names assigned in a function are local", replacement: ""),
    .init(word: "global", help: "functions return new values; they rebind nothing outside"),
    .init(word: "nonlocal", help: "functions return new values; they rebind nothing outside"),
    .init(word: "class", help: "a layer of your own is `layer name(n) { … }`"),
    .init(word: "struct", help: "records are `(a=1, b=2)`"),
    .init(word: "is", help: "compare with `==`", replacement: "=="),
    .init(word: "pass", help: "an empty block is `{ }`"),
    .init(word: "del", help: "a name is given up by `x = none`"),
    .init(word: "try", help: "an error ends the statement; there is nothing to catch"),
    .init(word: "raise", help: "write `assert condition, \"what is wrong\"`"),
    .init(word: "throw", help: "write `assert condition, \"what is wrong\"`"),
    .init(word: "with", help: "blocks follow `if for while fn on sweep` only"),
    .init(word: "from", help: "write `import \"file.adam\"`"),
    .init(word: "include", help: "write `import \"file.adam\"`", replacement: "import"),
    .init(word: "yield", help: "return a list"),
    .init(word: "loop", help: "write `while true { … }`"),
    .init(word: "repeat", help: "write `for i in 0..<n { … }`"),
    .init(word: "unless", help: "write `if not … { … }`", replacement: "if not"),
    .init(word: "switch", help: "write `if … { … } else if … { … }`"),
    .init(word: "match", help: "write `if … { … } else if … { … }`"),
    .init(word: "then", help: "the block follows directly: `if a { … }`"),
    .init(word: "do", help: "the block follows directly: `while a { … }`"),
    .init(word: "end", help: "blocks end with `}`", replacement: "}"),
    .init(word: "println", help: "write `print …`", replacement: "print"),
    .init(word: "echo", help: "write `print …`", replacement: "print"),
    .init(word: "puts", help: "write `print …`", replacement: "print"),
    .init(word: "None", help: "write `none`", replacement: "none", isSafe: true),
    .init(word: "True", help: "write `true`", replacement: "true", isSafe: true),
    .init(word: "False", help: "write `false`", replacement: "false", isSafe: true),
    .init(word: "null", help: "write `none`", replacement: "none", isSafe: true),
    .init(word: "nil", help: "write `none`", replacement: "none", isSafe: true),
    .init(word: "self", help: "a layer's own names are used as they are: `w`"),
    .init(word: "this", help: "a layer's own names are used as they are: `w`"),
  ]

  /// Names of other libraries.
  package static let names: [ForeignWord] = [
    .init(word: "Dense", help: "write `linear(in, out)`", replacement: "linear"),
    .init(word: "Linear", help: "write `linear(in, out)`", replacement: "linear"),
    .init(word: "Sequential", help: "write `seq(…)`", replacement: "seq"),
    .init(word: "ReLU", help: "write `relu`", replacement: "relu"),
    .init(word: "Adam", help: "write `adam(lr=1e-3)`", replacement: "adam"),
    .init(word: "SGD", help: "write `sgd(lr=0.1)`", replacement: "sgd"),
    .init(word: "MSELoss", help: "write `mse()`", replacement: "mse"),
    .init(word: "L1Loss", help: "write `l1()`", replacement: "l1"),
    .init(word: "HuberLoss", help: "write `huber(delta=1)`", replacement: "huber"),
    .init(word: "NLLLoss", help: "write `nll()`", replacement: "nll"),
    .init(word: "CrossEntropyLoss", help: "write `cross_entropy()`", replacement: "cross_entropy"),
    .init(word: "DataLoader", help: "write `data = (x, y) |> batch(32)`"),
    .init(word: "fit", help: "training is a verb: `train 50`", replacement: "train"),
    .init(word: "torch", help: "layers and functions stand alone: `linear(2, 1)`, `tensor([1, 2])`"),
    .init(word: "nn", help: "layers and functions stand alone: `linear(2, 1)`, `relu`"),
    .init(word: "F", help: "functions stand alone: `relu(x)`, `mse(p, y)`"),
    .init(word: "np", help: "functions stand alone: `zeros(2, 3)`, `mean(x)`"),
    .init(word: "numpy", help: "functions stand alone: `zeros(2, 3)`, `mean(x)`"),
    .init(word: "jax", help: "functions stand alone: `grad(f)`, `mean(x)`"),
    .init(word: "jnp", help: "functions stand alone: `zeros(2, 3)`, `mean(x)`"),
    .init(word: "tf", help: "layers and functions stand alone: `linear(2, 1)`, `relu`"),
    .init(word: "keras", help: "layers and functions stand alone: `linear(2, 1)`, `relu`"),
    .init(word: "string", help: "write `str(x)`", replacement: "str"),
    .init(word: "param", help: "a parameter is declared by itself: `param w[n, k] = kaiming()`"),
    .init(word: "math", help: "functions stand alone: `sqrt(x)`, and `pi`"),
    .init(word: "random", help: "functions stand alone: `rand(2)`, `randn(2)`, `randint(0, 6, [3])`"),
  ]

  /// The entry for a name without a value, if it is a foreign one.
  package static func name(_ text: String) -> ForeignWord? { word(text) ?? names.first { $0.word == text } }

  /// Methods and fields of other languages and libraries.
  package static let members: [ForeignWord] = [
    .init(word: "fit", help: "training is a verb: `train 50`"),
    .init(word: "compile", help: "nothing is compiled by hand: bind `loss` and `opt`, then `train 50`"),
    .init(word: "evaluate", help: "write `eval data.test`"),
    .init(word: "summary", help: "write `show model`"),
    .init(word: "backward", help: "`train` differentiates; by hand it is `grad(f)` or `value_and_grad(f, model)`"),
    .init(word: "zero_grad", help: "gradients are values here: nothing has to be reset"),
    .init(word: "item", help: "a tensor without axes is a number already"),
    .init(word: "numpy", help: "tensors are values: use them as they are"),
    .init(word: "detach", help: "tensors are values: use them as they are"),
    .init(word: "cpu", help: "tensors are values: use them as they are"),
    .init(word: "cuda", help: "adam computes on the processor: use the value as it is"),
    .init(word: "to", help: "adam computes on the processor: use the value as it is"),
    .init(word: "tolist", help: "write `[v for v in x]`"),
    .init(word: "view", help: "write `x.reshape(…)`"),
    .init(word: "T", help: "write `transpose(x)`"),
    .init(word: "t", help: "write `transpose(x)`"),
    .init(word: "ndim", help: "write `x.rank`"),
    .init(word: "size", help: "write `x.shape` for a tensor, `len(x)` for everything else"),
    .init(word: "length", help: "write `len(x)`"),
    .init(word: "push", help: "write `xs.append(v)`"),
    .init(word: "add", help: "write `xs.append(v)`"),
    .init(word: "concat", help: "write `a ++ b`"),
    .init(word: "forEach", help: "write `for x in xs { … }`"),
    .init(word: "trim", help: "write `text.strip()`"),
    .init(word: "startsWith", help: "write `text.startswith(…)`"),
    .init(word: "endsWith", help: "write `text.endswith(…)`"),
    .init(word: "includes", help: "write `xs.contains(v)`"),
    .init(word: "has", help: "write `xs.contains(v)`"),
    .init(word: "indexOf", help: "write `xs.index(v)`"),
    .init(word: "find", help: "write `text.index(part)`"),
    .init(word: "format", help: "write the values inside the string: `\"{x:.2f}\"`"),
    .init(word: "toString", help: "write `str(x)`"),
    .init(word: "parameters", help: "parameters are fields: `model.0.weight`; `show model` lists the layers"),
    .init(word: "state_dict", help: "write `save \"model.safetensors\"`"),
    .init(word: "train", help: "write `train 50`"),
  ]

  /// The entry for a method or field, if it is a foreign one.
  package static func member(_ text: String) -> ForeignWord? { members.first { $0.word == text } }

  /// The entry for a word, if it is a foreign one.
  package static func word(_ text: String) -> ForeignWord? { words.first { $0.word == text } }

  /// Options of other tools by the option that means the same here. What takes none of that name is
  /// not meant.
  package static let options: [(word: String, option: String)] = [
    ("learning_rate", "lr"), ("beta1", "betas"), ("beta2", "betas"), ("decay", "weight_decay"),
    ("wd", "weight_decay"), ("rate", "p"), ("epsilon", "eps"), ("use_bias", "bias"), ("keepdim", "keepdims"),
    ("validation", "val"), ("batch_size", "size"), ("in_features", "in"), ("out_features", "out"),
    ("in_channels", "in"), ("out_channels", "out"), ("kernel_size", "kernel"), ("num_embeddings", "num"),
    ("embedding_dim", "dim"), ("embed_dim", "dim"), ("num_heads", "heads"), ("is_causal", "causal"),
    ("normalized_shape", "size"),
  ]

  /// Options of other tools for what is written otherwise here, by the function that they are given to;
  /// without one, to any.
  package static let habits: [(option: String, callee: String?, help: String)] = [
    ("reverse", "sorted", "write `reversed(sorted(xs))`"),
    ("batch_size", nil, "batches are made with the data: `data = … |> batch(32)`"),
    ("clip", nil, "in a loop of your own, clip the gradients `g`: `opt.step(g * min(1, 1 / norm(g)))`"),
    ("clip_norm", nil, "in a loop of your own, clip the gradients `g`: `opt.step(g * min(1, 1 / norm(g)))`"),
    ("grad_clip", nil, "in a loop of your own, clip the gradients `g`: `opt.step(g * min(1, 1 / norm(g)))`"),
  ]

  /// What to write for an option that a function does not have; nil when nothing is known of it.
  package static func habit(_ option: String, of callee: String) -> String? {
    habits.first { $0.option == option && ($0.callee ?? callee) == callee }?.help
  }

  /// The option that a word of other tools means; nil for a word that is none of theirs.
  package static func option(_ text: String) -> String? { options.first { $0.word == text }?.option }
}
