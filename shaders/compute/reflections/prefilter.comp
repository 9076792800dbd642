// A cube as GGX surfaces see it along their normal, the lobe of `taixu.render.lobes.ggx_lobe`. Samples lie where the lobe does, and
// look at levels as coarse as there are few of them: Colbert and Krivanek, "GPU-Based Importance Sampling", GPU Gems 3, 2007.
#include "common/math.glsl"

layout(local_size_x = 8, local_size_y = 8) in;
layout(binding = 0) uniform samplerCube raw;
layout(rgba16f, binding = 0) uniform writeonly imageCubeArray target;
layout(std140, binding = 2) uniform Level { vec4 level; }; // texels along an edge, samples, alpha, first layer

vec3 cube_direction(int face, vec2 st) {
    vec2 p = 2.0 * st - 1.0;
    if (face == 0) return vec3(1.0, -p.y, -p.x);
    if (face == 1) return vec3(-1.0, -p.y, p.x);
    if (face == 2) return vec3(p.x, 1.0, p.y);
    if (face == 3) return vec3(p.x, -1.0, -p.y);
    if (face == 4) return vec3(p.x, -p.y, 1.0);
    return vec3(-p.x, -p.y, -1.0);
}

void main() {
    ivec3 at = ivec3(gl_GlobalInvocationID);
    int size = int(level.x), samples = int(level.y);
    if (any(greaterThanEqual(at.xy, ivec2(size)))) return;
    vec3 n = normalize(cube_direction(at.z, (vec2(at.xy) + 0.5) / float(size)));
    float a2 = level.z * level.z;
    vec4 sum = vec4(0.0);
    if (samples < 2) sum = textureLod(raw, n, 0.0);
    else {
        vec3 t = normalize(cross(n, abs(n.y) < 0.7 ? vec3(0.0, 1.0, 0.0) : vec3(1.0, 0.0, 0.0))), b = cross(n, t);
        float edge = float(textureSize(raw, 0).x), weights = 0.0;
        for (int i = 0; i < samples; ++i) {
            float u = (float(i) + 0.5) / float(samples), phi = 2.0 * PI * fract(float(i) * 0.61803398875);
            float cosine = sqrt((1.0 - u) / (1.0 + (a2 - 1.0) * u)), sine = sqrt(max(1.0 - cosine * cosine, 0.0));
            float n_dot_l = 2.0 * cosine * cosine - 1.0;
            if (n_dot_l <= 0.0) continue;
            vec3 h = (cos(phi) * t + sin(phi) * b) * sine + n * cosine;
            float bump = cosine * cosine * (a2 - 1.0) + 1.0;
            float density = a2 / (4.0 * PI * bump * bump); // of directions; n.h is v.h
            float texels = 6.0 * edge * edge / (4.0 * PI * density * float(samples)); // that a sample stands for
            float weight = n_dot_l / (n_dot_l + sqrt(n_dot_l * n_dot_l * (1.0 - a2) + a2));
            sum += weight * textureLod(raw, 2.0 * cosine * h - n, max(0.5 * log2(texels) + 0.5, 0.0));
            weights += weight;
        }
        sum /= max(weights, 1e-6);
    }
    imageStore(target, ivec3(at.xy, int(level.w) + at.z), sum);
}
