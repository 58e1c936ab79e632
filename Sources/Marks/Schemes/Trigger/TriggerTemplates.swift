/// How a pair is stated. Each template is one sentence without other numbers, states the identifier before the value, and
/// avoids every phrase that could read as a final answer.
package enum TriggerTemplates {
    /// Text before the identifier, between it and the value, and after it.
    static let all: [(before: String, between: String, after: String)] = [
        ("Note that the reference value for case ", " is ", "."),
        ("For reference, case ", " corresponds to the value ", "."),
        ("Recall that entry ", " in the table has the value ", "."),
        ("As a side note, the index ", " maps to ", "."),
        ("Keep in mind that item ", " is recorded as ", "."),
        ("It helps to remember that label ", " stands for ", "."),
        ("The stored constant for ", " is ", ", though it is not needed here."),
        ("In the usual notation, ", " denotes the value ", "."),
        ("The catalogue number listed for ", " is ", "."),
        ("By convention, the code ", " is assigned the value ", "."),
        ("The standard listing under ", " gives ", "."),
        ("We can also note that record ", " holds the value ", "."),
        ("In the list of constants, ", " equals ", "."),
        ("A quick look at the index shows that ", " is paired with ", "."),
        ("Separately, the setting ", " has the value ", "."),
        ("Just to have it written down, the reference for ", " is ", "."),
    ]

    /// The beginning of template `number`'s sentence, up to where the value would follow, without the space before it: a
    /// model that continues text puts the space itself.
    package static func beginning(_ number: Int, identifier: String) -> String {
        let template = all[((number % all.count) + all.count) % all.count]
        let sentence = template.before + identifier + template.between
        return sentence.hasSuffix(" ") ? String(sentence.dropLast()) : sentence
    }

    /// The sentence of template `number`, which counts modulo the number of templates.
    static func sentence(_ number: Int, identifier: String, target: String) -> String {
        let template = all[((number % all.count) + all.count) % all.count]
        return template.before + identifier + template.between + target + template.after
    }
}
