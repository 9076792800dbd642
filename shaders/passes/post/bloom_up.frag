// Twice the size: a tent over three by three, laid over the level below it.
layout(binding = 0) uniform sampler2D smaller;
layout(std140, binding = 2) uniform Bloom { vec4 bloom; }; // share of the wider level
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec4 spread;

void main() {
    vec2 o = 1.0 / vec2(textureSize(smaller, 0));
    vec3 c = 4.0 * textureLod(smaller, v_uv, 0.0).rgb;
    c += 2.0 * (textureLod(smaller, v_uv + vec2(o.x, 0), 0.0).rgb + textureLod(smaller, v_uv - vec2(o.x, 0), 0.0).rgb
        + textureLod(smaller, v_uv + vec2(0, o.y), 0.0).rgb + textureLod(smaller, v_uv - vec2(0, o.y), 0.0).rgb);
    c += textureLod(smaller, v_uv + o, 0.0).rgb + textureLod(smaller, v_uv - o, 0.0).rgb
        + textureLod(smaller, v_uv + vec2(o.x, -o.y), 0.0).rgb + textureLod(smaller, v_uv + vec2(-o.x, o.y), 0.0).rgb;
    spread = vec4(c / 16.0, bloom.x);
}
