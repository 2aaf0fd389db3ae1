"""Writes the images of ImageProcessorTest and what the reference library makes of them: FOLDER.

Made with transformers 5.23 (ViTImageProcessor, which scales with Pillow) and Pillow.
"""
import os, sys
import numpy as np
from PIL import Image
from transformers import ViTImageProcessor

folder = sys.argv[1]
os.makedirs(folder, exist_ok=True)
rng = np.random.default_rng(7)
h, w = 37, 53
y, x = np.mgrid[0:h, 0:w]
image = np.stack([127 + 120 * np.sin(x / 5 + y / 9), x * 255 / w, rng.integers(0, 256, (h, w))], -1).clip(0, 255).astype(np.uint8)
Image.fromarray(image).save(folder + "/colour.png")
Image.fromarray(image).save(folder + "/colour.jpg", quality=90)
Image.fromarray(image[..., 0]).save(folder + "/grey.png")
Image.fromarray(np.dstack([image, image[..., :1]])).save(folder + "/clear.png")
Image.fromarray(image).quantize(16).save(folder + "/palette.png")
half, imagenet = {"image_mean": [0.5] * 3, "image_std": [0.5] * 3}, {"image_mean": [0.485, 0.456, 0.406], "image_std": [0.229, 0.224, 0.225]}
cases = {
    "bilinear": ({"size": {"height": 16, "width": 16}, "resample": 2, **half}, ("colour.png", "colour.jpg", "grey.png", "clear.png", "palette.png")),
    "bicubic": ({"size": {"height": 64, "width": 20}, "resample": 3, **imagenet}, ("colour.png",)),
    "lanczos": ({"size": {"height": 20, "width": 24}, "resample": 1, **imagenet}, ("colour.png",)),
}
for name, (config, files) in cases.items():
    processor = ViTImageProcessor(**config)
    for file in files:
        out = np.asarray(processor(Image.open(folder + "/" + file).convert("RGB"), return_tensors="np")["pixel_values"])[0]
        np.save("%s/%s-%s.npy" % (folder, name, file), out.astype("<f4"))
        print(name, file, out.shape)
