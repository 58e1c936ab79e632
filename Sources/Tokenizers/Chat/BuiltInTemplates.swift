extension ChatFormat.BuiltIn {
    /// The template.
    var source: String {
        switch self {
        case .chatML:
            """
            {%- for turn in messages %}
                {{- '<|im_start|>' + turn.role + '\\n' + turn.content + '<|im_end|>\\n' }}
            {%- endfor %}
            {%- if add_generation_prompt %}
                {{- '<|im_start|>assistant\\n' }}
            {%- endif %}
            """
        case .llama3:
            """
            {{- '<|begin_of_text|>' }}
            {%- for turn in messages %}
                {{- '<|start_header_id|>' + turn.role + '<|end_header_id|>\\n\\n' + turn.content | trim + '<|eot_id|>' }}
            {%- endfor %}
            {%- if add_generation_prompt %}
                {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
            {%- endif %}
            """
        case .deepSeekR1:
            """
            {{- '<｜begin▁of▁sentence｜>' }}
            {{- messages | selectattr('role', 'equalto', 'system') | map(attribute='content') | join('\\n\\n') }}
            {%- for turn in messages %}
                {%- if turn.role == 'user' %}
                    {{- '<｜User｜>' + turn.content }}
                {%- elif turn.role == 'assistant' %}
                    {{- '<｜Assistant｜>' + turn.content.split('</think>')[-1] + '<｜end▁of▁sentence｜>' }}
                {%- endif %}
            {%- endfor %}
            {%- if add_generation_prompt %}
                {{- '<｜Assistant｜>' }}
            {%- endif %}
            """
        case .plain:
            """
            {%- for turn in messages %}
                {{- turn.content }}
                {%- if add_generation_prompt or not loop.last %}
                    {{- '\\n' }}
                {%- endif %}
            {%- endfor %}
            """
        }
    }
}
