// Lines bend, and colours part towards the corners.
layout(binding = 0) uniform sampler2D radiance;
layout(std140, binding = 2) uniform Lens { vec4 lens; }; // bend, parting, aspect
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec4 seen;

const int STEPS = 7;

void main() {
    vec2 off = (v_uv - 0.5) * vec2(lens.z, 1.0);
    float r2 = dot(off, off) / (0.25 * (lens.z * lens.z + 1.0)); // 1 in the corners
    // The picture is widened so far that nothing is missing at its edges.
    float scale = (1.0 + lens.x * r2) / max(1.0, 1.0 + lens.x);
    vec2 place = off * scale / vec2(lens.z, 1.0);
    if (lens.y <= 0.0) {
        seen = textureLod(radiance, 0.5 + place, 0.0);
        return;
    }
    vec4 sum = vec4(0.0), all = vec4(0.0);
    for (int i = 0; i < STEPS; ++i) {
        float t = float(i) / float(STEPS - 1); // red to blue
        vec4 weight = vec4(max(0.0, 1.0 - 2.0 * t), 1.0 - abs(2.0 * t - 1.0), max(0.0, 2.0 * t - 1.0), 1.0);
        sum += weight * textureLod(radiance, 0.5 + place * (1.0 - lens.y * r2 * t), 0.0);
        all += weight;
    }
    seen = sum / all;
}
