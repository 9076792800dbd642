// Many samples to one. A sample's weight falls with its brightness, as tone mapping will compress it anyway: an average
// of bright and dark radiance would be bright, and edges against a bright sky jagged.
#include "common/math.glsl"

layout(binding = 0) uniform sampler2DMS samples;
layout(location = 0) out vec4 radiance;

void main() {
    vec4 sum = vec4(0.0);
    float total = 0.0;
    for (int i = 0; i < SAMPLES; ++i) {
        vec4 s = texelFetch(samples, ivec2(gl_FragCoord.xy), i);
        float weight = 1.0 / (1.0 + max3(s.rgb));
        sum += s * weight;
        total += weight;
    }
    radiance = sum / total;
}
