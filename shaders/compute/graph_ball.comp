// A material's maps on a ball or on a plane seen askew, in a studio of three lights: what its graph makes, as soon as it makes it.
// Two looks at each pixel; GGX with Smith's shadowing (Heitz 2014), Fresnel by Schlick.
layout(local_size_x = 8, local_size_y = 8) in;
layout(rgba8, binding = 0) uniform writeonly image2D picture;
layout(std140, binding = 0) uniform Looks {
    vec4 view;         // turn, height, whether it is a plane, repeats
    vec4 ground;       // behind it, encoded
    ivec4 places[7];   // first number of each map in its texture, or -1 where it is plain
    vec4 plain[7];
};
layout(binding = 0) uniform sampler2D base_color_map;
layout(binding = 1) uniform sampler2D normal_map;
layout(binding = 2) uniform sampler2D roughness_map;
layout(binding = 3) uniform sampler2D metallic_map;
layout(binding = 4) uniform sampler2D height_map;
layout(binding = 5) uniform sampler2D occlusion_map;
layout(binding = 6) uniform sampler2D emission_map;
const float PI = 3.14159265;

vec3 color_of(sampler2D map, int i, vec2 uv) {
    return places[i].x < 0 ? plain[i].rgb : places[i].y > 1 ? textureLod(map, uv, 0.0).rgb : vec3(textureLod(map, uv, 0.0)[places[i].x]);
}

float number_of(sampler2D map, int i, vec2 uv) {
    if (places[i].x < 0) return plain[i].x;
    vec4 v = textureLod(map, uv, 0.0);
    return places[i].y > 1 ? dot(v.rgb, vec3(0.2126, 0.7152, 0.0722)) : v[places[i].x];
}

vec3 sky(vec3 d, float blur) {  // a grey room with a broad window above and a floor that is darker
    float soft = mix(0.06, 0.9, blur);
    vec3 room = mix(vec3(0.10, 0.10, 0.11), vec3(0.42, 0.44, 0.48), smoothstep(-soft, soft + 0.2, d.y));
    float window = smoothstep(0.86 - soft * 0.9, 0.93 + soft * 0.4, dot(d, normalize(vec3(-0.5, 0.75, 0.55))));
    float strip = smoothstep(0.9 - soft * 0.9, 0.96 + soft * 0.4, dot(d, normalize(vec3(0.9, 0.2, 0.25))));
    return room + window * mix(2.4, 0.7, blur) + strip * mix(0.9, 0.25, blur);
}

vec3 lit_by(vec3 l, vec3 power, vec3 n, vec3 v, vec3 albedo, vec3 f0, float a) {
    float nl = dot(n, l), nv = max(dot(n, v), 1e-3);
    if (nl <= 0.0) return vec3(0.0);
    vec3 h = normalize(l + v);
    float nh = max(dot(n, h), 0.0), a2 = a * a, d = nh * nh * (a2 - 1.0) + 1.0;
    float distribution = a2 / (PI * d * d);
    float shadowing = 0.5 / (nl * sqrt(nv * nv * (1.0 - a2) + a2) + nv * sqrt(nl * nl * (1.0 - a2) + a2));
    vec3 fresnel = f0 + (1.0 - f0) * pow(1.0 - max(dot(l, h), 0.0), 5.0);
    return power * nl * (albedo / PI * (1.0 - fresnel) + fresnel * distribution * shadowing);
}

vec3 shade(vec3 n, vec3 v, vec3 t, vec3 b, vec2 uv) {
    vec3 color = max(color_of(base_color_map, 0, uv), 0.0), bent = color_of(normal_map, 1, uv);
    vec3 m = normalize(t * bent.x + b * bent.y + n * max(bent.z, 0.05));
    if (dot(m, v) < 0.02) m = normalize(m + v * (0.02 - dot(m, v)));
    float rough = clamp(number_of(roughness_map, 2, uv), 0.04, 1.0), metal = clamp(number_of(metallic_map, 3, uv), 0.0, 1.0);
    float open = clamp(number_of(occlusion_map, 5, uv), 0.0, 1.0), a = rough * rough;
    vec3 albedo = color * (1.0 - metal), f0 = mix(vec3(0.04), color, metal);
    vec3 light = lit_by(normalize(vec3(-0.5, 0.75, 0.55)), vec3(2.9), m, v, albedo, f0, a);
    light += lit_by(normalize(vec3(0.9, 0.2, 0.25)), vec3(0.7, 0.78, 0.9), m, v, albedo, f0, a);
    light += lit_by(normalize(vec3(0.1, 0.35, -0.9)), vec3(1.1), m, v, albedo, f0, a);
    vec3 f = f0 + (max(vec3(1.0 - rough), f0) - f0) * pow(1.0 - max(dot(m, v), 0.0), 5.0);
    light += open * (albedo * sky(m, 1.0) + f * sky(reflect(-v, m), rough));
    return light + max(color_of(emission_map, 6, uv), 0.0);
}

vec3 encoded(vec3 c) {
    c = c * (2.51 * c + 0.03) / (c * (2.43 * c + 0.59) + 0.14);  // Narkowicz 2015
    c = clamp(c, 0.0, 1.0);
    return mix(c * 12.92, 1.055 * pow(c, vec3(1.0 / 2.4)) - 0.055, step(0.0031308, c));
}

void main() {
    ivec2 pixel = ivec2(gl_GlobalInvocationID.xy), size = imageSize(picture);
    if (any(greaterThanEqual(pixel, size))) return;
    bool is_plane = view.z > 0.5;
    float up = is_plane ? max(view.y, 0.3) + 0.35 : view.y;
    vec3 eye = 4.4 * vec3(cos(up) * sin(view.x), sin(up), cos(up) * cos(view.x));
    vec3 forward = normalize(-eye), right = normalize(cross(forward, vec3(0, 1, 0))), above = cross(right, forward);
    vec4 sum = vec4(0.0);
    for (int i = 0; i < 2; i++) {
        vec2 at = (vec2(pixel) + vec2(0.25 + 0.5 * float(i))) / vec2(size) * 2.0 - 1.0;
        vec3 ray = normalize(forward + (right * at.x - above * at.y) * 0.262);
        if (is_plane) {
            float s = -eye.y / ray.y;
            vec3 p = eye + ray * s;
            if (s < 0.0 || max(abs(p.x), abs(p.z)) > 0.82) continue;
            sum += vec4(encoded(shade(vec3(0, 1, 0), -ray, vec3(1, 0, 0), vec3(0, 0, -1), vec2(p.x, -p.z) / 1.64 * view.w * 0.5)), 1.0);
        } else {
            float half_b = dot(eye, ray), inside = half_b * half_b - dot(eye, eye) + 1.0;
            if (inside < 0.0) continue;
            vec3 n = eye + ray * (-half_b - sqrt(inside));
            vec3 t = normalize(vec3(n.z, 0.0, -n.x) + vec3(1e-5, 0.0, 0.0)), b = cross(n, t);
            vec2 uv = vec2(atan(n.x, n.z) / (2.0 * PI) * 2.0, asin(clamp(n.y, -1.0, 1.0)) / PI) * view.w;
            sum += vec4(encoded(shade(n, -ray, t, b, uv)), 1.0);
        }
    }
    vec3 seen = sum.a > 0.0 ? sum.rgb / sum.a : vec3(0.0);
    imageStore(picture, pixel, vec4(mix(ground.rgb, seen, sum.a / 2.0), 1.0));
}
