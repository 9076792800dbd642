// Antialiasing of the finished picture, for frames that move: edges are found by brightness and blurred along themselves.
// After Lottes, "FXAA", 2009, in its short form.
#include "common/math.glsl"

layout(binding = 0) uniform sampler2D picture;
layout(location = 0) in vec2 v_uv;
layout(location = 0) out vec4 result;

// Encoded values: what the eye takes for even steps.
float brightness(vec4 c) { return dot(c.rgb, vec3(0.299, 0.587, 0.114)); }

void main() {
    vec2 texel = 1.0 / vec2(textureSize(picture, 0));
    vec4 middle = textureLod(picture, v_uv, 0.0);
    float m = brightness(middle);
    float nw = brightness(textureLodOffset(picture, v_uv, 0.0, ivec2(-1, 1)));
    float ne = brightness(textureLodOffset(picture, v_uv, 0.0, ivec2(1, 1)));
    float sw = brightness(textureLodOffset(picture, v_uv, 0.0, ivec2(-1, -1)));
    float se = brightness(textureLodOffset(picture, v_uv, 0.0, ivec2(1, -1)));
    float low = min(m, min(min(nw, ne), min(sw, se))), high = max(m, max(max(nw, ne), max(sw, se)));
    if (high - low < max(0.04, high * 0.1)) {
        result = middle;
        return;
    }
    vec2 along = vec2(-((nw + ne) - (sw + se)), (nw + sw) - (ne + se));
    float damp = max((nw + ne + sw + se) * 0.03125, 1.0 / 128.0);
    along = clamp(along / (min(abs(along.x), abs(along.y)) + damp), -8.0, 8.0) * texel;
    vec4 near = 0.5 * (textureLod(picture, v_uv - along / 6.0, 0.0) + textureLod(picture, v_uv + along / 6.0, 0.0));
    vec4 far = 0.5 * near + 0.25 * (textureLod(picture, v_uv - along * 0.5, 0.0) + textureLod(picture, v_uv + along * 0.5, 0.0));
    float f = brightness(far);
    result = f < low || f > high ? near : far;
}
